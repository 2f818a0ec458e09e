/** Null and undefined both count as missing; 0 and "" do not. */
export function orDefault(value, fallback) {
  return value == null ? fallback : value;
}
