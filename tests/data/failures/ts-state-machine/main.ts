import { Machine } from "./machine.ts";
import { ORDER } from "./order.ts";

const machine = new Machine(ORDER, "created");
for (const event of ["pay", "ship", "deliver"]) {
  console.log(`${event}: ${machine.send(event)}`);
}
