export interface Order {
  name: string;
  quantity: number;
}

/** Return the orders of a line such as "bolt x 12, nut x 20". */
export function readOrders(line: string): Order[] {
  return line.split(",").map((part) => {
    const [name, quantity] = part.split(" x ");
    return { name: name.trim(), quantity: Number(quantity) };
  });
}
