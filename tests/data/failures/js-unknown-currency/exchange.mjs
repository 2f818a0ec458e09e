export class UnknownCurrencyError extends Error {
  constructor(code) {
    super(`no rate for ${code}`);
    this.name = "UnknownCurrencyError";
  }
}

function rateOf(rates, code) {
  if (!Object.hasOwn(rates, code)) {
    throw new UnknownCurrencyError(code);
  }
  return rates[code];
}

/** Return the amount in the other currency, rounded to cents; `load` gives the rates to one euro. */
export async function exchange(amount, from, to, load) {
  const rates = await load();
  const [source, target] = await Promise.all([from, to].map(async (code) => rateOf(rates, code)));
  return Math.round((amount / source) * target * 100) / 100;
}
