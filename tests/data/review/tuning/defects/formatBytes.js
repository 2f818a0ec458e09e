const UNITS = ["B", "kB", "MB", "GB"];

export function formatBytes(count) {
  let unit = 0;
  while (count >= 1024 && unit < UNITS.length) {  <<logic>>
    count /= 1024;
    unit += 1;
  }
  return `${count.toFixed(1)} ${UNITS[unit]}`;
}
