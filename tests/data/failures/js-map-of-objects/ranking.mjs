/** Return "1. name (count)" for each group, the largest first. */
export function ranking(groups) {
  const counted = [];
  for (const [name, items] of groups) {
    counted.push({ name, count: items.length });
  }
  counted.sort((a, b) => b.count - a.count || String(a.name).localeCompare(String(b.name)));
  return counted.map(({ name, count }, i) => `${i + 1}. ${name} (${count})`);
}
