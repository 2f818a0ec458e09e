/** Return page `number` (from 1) of `rows`; a number past either end gives the page at that end. */
function page(rows, number, size) {
  const pages = Math.max(1, Math.floor(rows.length / size));
  const shown = Math.min(Math.max(1, number), pages);
  return {
    rows: rows.slice((shown - 1) * size, shown * size),
    number: shown,
    pages,
    next: shown < pages ? shown + 1 : null,
  };
}

module.exports = { page };
