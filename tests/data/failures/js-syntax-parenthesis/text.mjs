/** Return the rows as lines of columns that are as wide as their widest cell; numbers stand to the right. */
export function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => String(row[i]).length));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (typeof cell === "number" ? String(cell).padStart(widths[i]) : cell.padEnd(widths[i])))
        .join(" ")
        .trimEnd(),
    )
    .join("\n");
}
