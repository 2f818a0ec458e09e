export function cartTotal(cart) {
  let total = 0;
  for (const item of cart.items) {  <<syntax>>
    total += item.price * item.count;
  return total;
}  <<syntax>>
