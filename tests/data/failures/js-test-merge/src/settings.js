function isPlain(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Return `base` with the values of `over` in it, objects merged at every depth; neither is changed. */
export function merge(base, over) {
  const merged = base;
  for (const [key, value] of Object.entries(over)) {
    merged[key] = isPlain(value) && isPlain(merged[key]) ? merge(merged[key], value) : value;
  }
  return merged;
}
