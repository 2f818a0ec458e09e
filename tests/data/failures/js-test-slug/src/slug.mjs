/** Return the title in the form that stands in an address: words of letters and digits with hyphens between. */
export function slug(title) {
  return title
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "-");
}

/** Return a slug that is not in `taken`: with 2, 3, ... at its end where need be. */
export function uniqueSlug(title, taken) {
  const base = slug(title);
  let found = base;
  for (let number = 2; taken.has(found); number++) {
    found = `${base}-${number}`;
  }
  return found;
}
