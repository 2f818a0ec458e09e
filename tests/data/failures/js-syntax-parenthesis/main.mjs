import { table } from "./text.mjs";

console.log(table([["city", "people"], ["Lyon", 522000], ["Metz", 120000]]));
