const ENTRY = /^(?<time>\S+) (?<level>[A-Z]+) (?<text>.*)$/;

/** Return time, level and text of a line; a line of another form is INFO. */
export function parseEntry(line) {
  const found = ENTRY.exec(line);
  return found ? { ...found.groups } : { time: "", level: "INFO", text: line };
}

/** Return [level, how often], the most frequent first. */
export function byLevel(entries) {
  const counts = new Map();
  for (const { level } of entries) {
    counts.set(level, (counts.get(level) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}
