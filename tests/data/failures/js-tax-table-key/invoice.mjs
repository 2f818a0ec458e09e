/** Return the amount due in cents, rounded once per line. */
export function invoiceTotal(invoice, rates) {
  const rate = rates.get(invoice.country);
  let total = 0;
  for (const line of invoice.lines) {
    const net = line.quantity * line.cents;
    const tax = net * (line.reduced ? rate.reduced : rate.standard);
    total += Math.round(net + tax);
  }
  return total;
}
