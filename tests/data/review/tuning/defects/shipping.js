export function shipping(country) {
  let cost;
  switch (country) {
    case "DE":
      cost = 5;
      break;
    case "FR":
      cost = 8;  <<logic>>
    case "US":
      cost = 20;
      break;
    default:
      cost = 30;
  }
  return cost;
}
