const parse = (version) => version.split(".");

/** Return a negative number, 0 or a positive one as `a` is older than, the same as, or newer than `b`. */
export function compare(a, b) {
  const [left, right] = [parse(a), parse(b)];
  for (let i = 0; i < 3; i++) {
    if (left[i] !== right[i]) return left[i] < right[i] ? -1 : 1;
  }
  return 0;
}

export function newest(versions) {
  return [...versions].sort(compare).at(-1);
}

/** Return whether `version` is in the range: an exact version, or "^x.y.z" for the same major version, not older. */
export function satisfies(version, range) {
  if (!range.startsWith("^")) return compare(version, range) === 0;
  const base = range.slice(1);
  return compare(version, base) >= 0 && parse(version)[0] === parse(base)[0];
}
