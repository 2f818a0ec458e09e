import type { Transitions } from "./machine.ts";

/** The life of an order. */
export const ORDER: Transitions = {
  created: { pay: "paid", cancel: "cancelled" },
  paid: { ship: "sent", refund: "cancelled" },
  shipped: { deliver: "delivered", lose: "paid" },
  delivered: {},
  cancelled: {},
};
