/** Return what the stock is worth. Prices may have a comma for the point. */
export function stockValue(rows) {
  return rows.reduce((sum, row) => sum + Number(row.quantity) * price(row), 0);
}

function price(row) {
  return Number(row.price.replace(",", "."));
}
