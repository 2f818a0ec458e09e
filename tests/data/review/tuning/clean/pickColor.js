const COLORS = ["teal", "coral", "plum"];

/** Return a colour for a new label; which one does not matter. */
export function pickColor() {
  return COLORS[Math.floor(Math.random() * COLORS.length)];
}
