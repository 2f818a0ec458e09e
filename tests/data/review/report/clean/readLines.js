const LINE = /([^\n]*)\n/g;

export function lines(text) {
  const found = [];
  let match;
  while ((match = LINE.exec(text)) !== null) {
    found.push(match[1]);
  }
  return found;
}
