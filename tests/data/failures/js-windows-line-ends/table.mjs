/** Return the rows of a table with `;` between columns as objects; the first line names the columns. */
export function parseTable(text) {
  const [head, ...lines] = text.split("\n").filter((line) => line.trim() !== "");
  const columns = head.split(";");
  return lines.map((line) => {
    const cells = line.split(";");
    return Object.fromEntries(columns.map((column, i) => [column, cells[i]]));
  });
}
