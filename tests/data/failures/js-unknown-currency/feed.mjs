/** Return the rates of a feed of lines "CODE rate"; blanks around either do not count. */
export function parseFeed(text) {
  const rates = {};
  for (const line of text.split("\n")) {
    const at = line.lastIndexOf(" ");
    if (at < 0) continue;
    rates[line.slice(0, at)] = Number(line.slice(at));
  }
  return rates;
}
