/** Return how many of the values fall into each of `bins` equal parts of [low, high]; others are left out. */
export function histogram(values, low, high, bins) {
  const result = new Array(bins).fill(0);
  const width = (high - low) / bins;
  for (const value of values) {
    if (value < low || value > high) {
      continue;
    }
    const index = Math.min(bins - 1, Math.floor((value - low) / width));
    result[index] += 1;
  return result;
}

/** Return a line of # for each count. */
export function draw(counts) {
  return counts.map((count) => "#".repeat(count)).join("\n");
}
