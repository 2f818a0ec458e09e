import { readFileSync } from "node:fs";
import { parseEntry, countLevels } from "./entries.mjs";

const lines = readFileSync("app.log", "utf8").trim().split("\n");
const counts = countLevels(lines.map(parseEntry));
for (const [level, count] of counts) {
  console.log(`${level}: ${count}`);
}
