/** Return the rows of a loan's plan (amounts in cents): equal payments by month, interest on what is left. */
export function plan(principal, yearlyRate, months) {
  const rate = yearlyRate / 12;
  const payment = Math.round((principal * rate) / (1 - (1 + rate) ** -months));
  const rows = [];
  let left = principal;
  for (let month = 1; month <= months; month++) {
    const interest = Math.round(left * rate);
    const isLast = month === months;
    const repaid = isLast ? left : payment - repaid;
    left -= repaid;
    rows.push({ month, interest, repaid, left });
  }
  return rows;
}
