/** Return the tax rates by country, from lines such as "DE;0.19;0.07". */
export function parseRates(text) {
  const rates = new Map();
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [country, standard, reduced] = line.split(";");
    rates.set(country.trim().toLowerCase(), { standard: Number(standard), reduced: Number(reduced) });
  }
  return rates;
}
