export type Expression =
  | { kind: "number"; value: number }
  | { kind: "name"; name: string }
  | { kind: "negative"; operand: Expression }
  | { kind: "binary"; sign: "+" | "*"; left: Expression; right: Expression };

/** Return the tree of a sum of products, such as "2 * -x + 1". */
export function parse(text: string): Expression {
  return fold(text.split("+"), "+", (term) => fold(term.split("*"), "*", factor));
}

function fold(parts: string[], sign: "+" | "*", read: (part: string) => Expression): Expression {
  return parts.map(read).reduce((left, right) => ({ kind: "binary", sign, left, right }));
}

function factor(text: string): Expression {
  const word = text.trim();
  if (word.startsWith("-")) {
    return { kind: "negative", operand: factor(word.slice(1)) };
  }
  return /^\d/.test(word) ? { kind: "number", value: Number(word) } : { kind: "name", name: word };
}
