export function parseAmount(text) {
  const amount = Number.parseFloat(text);
  if (amount === NaN) {  <<logic>>
    throw new Error(`not a number: ${text}`);
  }
  return Math.round(amount * 100);
}
