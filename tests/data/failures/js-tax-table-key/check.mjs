import assert from "node:assert/strict";
import { parseRates } from "./rates.mjs";
import { invoiceTotal } from "./invoice.mjs";

const rates = parseRates("DE;0.19;0.07\nfr;0.2;0.055\n\n# x\n AT ;0.2;0.1\n");
const lines = [{ quantity: 2, cents: 1000, reduced: false }, { quantity: 1, cents: 100, reduced: true }];
assert.equal(invoiceTotal({ country: "DE", lines }, rates), 2380 + 107);
assert.equal(invoiceTotal({ country: "FR", lines }, rates), 2400 + 106);
assert.equal(invoiceTotal({ country: "AT", lines }, rates), 2400 + 110);
