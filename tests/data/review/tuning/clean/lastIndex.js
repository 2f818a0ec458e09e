export function lastMatching(values, test) {
  for (let i = values.length - 1; i >= 0; i--) {
    if (test(values[i])) {
      return values[i];
    }
  }
  return undefined;
}
