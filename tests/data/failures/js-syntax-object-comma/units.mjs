const METRES = {
  metre: 1,
  kilometre: 1000,
  centimetre: 0.01,
  mile: 1609.344
  yard: 0.9144,
  inch: 0.0254,
};

export class UnknownUnitError extends Error {}

/** Return `value` of unit `from` in unit `to`; a plural means the same as its singular. */
export function convert(value, from, to) {
  return (value * factor(from)) / factor(to);
}

function factor(unit) {
  const name = unit.toLowerCase();
  const known = [name, name.replace(/s$/, ""), name.replace(/es$/, "")].find((one) => Object.hasOwn(METRES, one));
  if (known === undefined) {
    throw new UnknownUnitError(`unknown unit: ${unit}`);
  }
  return METRES[known];
}
