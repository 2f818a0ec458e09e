import { readFile } from "node:fs/promises";

async function load(path) {
  const text = await readFile(path, "utf8");
  return JSON.parse(text).stations;
}

/** Return one line for each station that is warmer than `degrees`, warmest first. */
export async function report(path, degrees) {
  const stations = load(path);
  const warm = stations.filter((station) => mean(station.readings) > degrees);
  warm.sort((a, b) => mean(b.readings) - mean(a.readings));
  return warm.map((station) => `${station.name}: ${mean(station.readings).toFixed(1)}`).join("\n");
}

function mean(readings) {
  return readings.reduce((sum, one) => sum + one, 0) / readings.length;
}
