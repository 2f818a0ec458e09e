interface Customer {
  years: number;
  orders: number;
}

export function discountPercent(customer: Customer): number {
  if (customer.years >= 1) {
    return 5;
  } else if (customer.years >= 5) {  <<logic>>
    return 10;
  }
  return 0;
}
