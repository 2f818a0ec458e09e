import type { Expression } from "./parse.ts";

const WEIGHT = { number: 3, name: 3, negative: 2, binary: 1 };

function render(node: Expression): string {
  switch (node.kind) {
    case "number":
      return String(node.value);
    case "name":
      return node.name;
    case "binary":
      return `${inner(node.left, 0)} ${node.sign} ${inner(node.right, 0)}`;
  }
}

function inner(node: Expression, weight: number): string {
  const text = render(node);
  return text.includes(" ") && WEIGHT[node.kind] < weight ? `(${text})` : text;
}

/** Return the expression as text, with parentheses where a sign would bind another way. */
export function format(node: Expression): string {
  return inner(node, 0).trim();
}
