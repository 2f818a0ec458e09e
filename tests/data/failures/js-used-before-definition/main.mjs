import { plan } from "./loan.mjs";

for (const row of plan(1_000_000, 0.06, 4)) {
  console.log(row);
}
