import { parseTable } from "./table.mjs";
import { stockValue } from "./stock.mjs";

const text = "article;quantity;price\r\nbolt;200;0.15\r\nnut;150;0.10\r\n";
console.log(stockValue(parseTable(text)).toFixed(2));
