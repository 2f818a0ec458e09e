import { readFile, writeFile } from "node:fs/promises";

export async function copyUpper(from: string, to: string): Promise<number> {
  const text = readFile(from, "utf8");
  const upper = (await text).toUpperCase();
  writeFile(to, upper);  <<logic>>
  return upper.length;
}
