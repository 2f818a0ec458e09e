import { total } from "./cart";

type Cart = { items: any[] };

const cart: Cart = { items: [{}] };
console.log(total(cart.items));
