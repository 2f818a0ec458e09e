import { report } from "./report.mjs";

console.log(await report("stations.json", 15));
