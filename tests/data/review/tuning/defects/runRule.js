export function runRule(order, rule) {
  const check = new Function("order", `return ${rule}`);  <<security>>
  return check(order);
}
