import { readFileSync } from "node:fs";
import { parseRates } from "./rates.mjs";
import { invoiceTotal } from "./invoice.mjs";

const rates = parseRates(readFileSync("rates.csv", "utf8"));
const invoice = {
  number: "2024-117",
  country: "DE",
  lines: [
    { article: "A-100", quantity: 3, cents: 1250, reduced: false },
    { article: "B-220", quantity: 1, cents: 899, reduced: true },
  ],
};
console.log(`${invoice.number}: ${invoiceTotal(invoice, rates)} cents`);
