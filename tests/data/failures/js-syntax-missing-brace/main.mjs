import { draw, histogram } from "./histogram.mjs";

console.log(draw(histogram([1, 2, 2, 3, 7, 9], 0, 10, 5)));
