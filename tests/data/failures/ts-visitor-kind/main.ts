import { parse } from "./parse.ts";
import { format } from "./format.ts";

console.log(format(parse("2 * -x + 1")));
