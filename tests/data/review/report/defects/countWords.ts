export function countWords(text: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of text.split(/\s+/)) {
    counts[word] = (counts[word] ?? 1) + 1;  <<logic>>
  }
  return counts;
}
