const DECIMALS = 18;

/** Return an amount such as "1.25" in wei, as a BigInt. */
export function parseWei(text) {
  const [whole, fraction = ""] = text.split(".");
  if (fraction.length > DECIMALS) throw new RangeError(`too many decimals: ${text}`);
  return BigInt(whole + fraction.padEnd(DECIMALS, "0"));
}

/** Return the fee in wei for a number of transfers: so much for each, and a tenth more from the fifth on. */
export function fee(transfers, each) {
  const base = transfers * each;
  return transfers < 5 ? base : base + base / 10n;
}
