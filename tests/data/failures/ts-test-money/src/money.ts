export interface Share {
  name: string;
  cents: number;
}

/** Return what each one pays of an amount: whole cents that add up to it, the odd ones from the front. */
export function split(cents: number, names: readonly string[]): Share[] {
  const each = Math.round(cents / names.length);
  return names.map((name) => ({ name, cents: each }));
}
