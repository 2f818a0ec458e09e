import { readOrders } from "./orders.ts";
import { Inventory } from "./inventory.ts";

const inventory = new Inventory([
  { number: "B-7", name: "bolt", stock: 40 },
  { number: "N-3", name: "nut", stock: 15 },
]);
for (const order of readOrders("bolt x 12, nut x 20")) {
  console.log(`${order.name}: ${inventory.take(order.name, order.quantity)} taken`);
}
