import { convert } from "./units.mjs";

console.log(convert(26.2, "miles", "kilometres").toFixed(1));
