const decode = (text) => decodeURIComponent(text.replaceAll("+", " "));

/** Return the values of a query string by key: text, or a list of texts where a key is repeated. */
export function parseQuery(query) {
  const values = {};
  for (const part of query.replace(/^\?/, "").split("&")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    const key = decode(at < 0 ? part : part.slice(0, at));
    const value = at < 0 ? "" : decode(part.slice(at + 1));
    values[key] = value;
  }
  return values;
}
