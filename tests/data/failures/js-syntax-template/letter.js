/** Return the text of a reminder for the open items of a customer. */
function reminder(customer, items, today) {
  const open = items.filter((item) => !item.paid);
  const total = open.reduce((sum, item) => sum + item.amount, 0);
  if (open.length === 0) {
    return null;
  }
  const lines = open.map((item) => `  ${item.number}: ${item.amount.toFixed(2)}`);
  return [
    `Dear ${customer},`,
    `please pay ${total.toFixed(2) euros by ${due(today)}:`,
    ...lines,
  ].join("\n");
}

function due(today) {
  const date = new Date(today.getTime() + 14 * 86_400_000);
  return date.toISOString().slice(0, 10);
}

module.exports = { reminder };
