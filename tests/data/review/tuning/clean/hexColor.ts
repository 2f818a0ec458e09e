export function channel(color: number, index: 0 | 1 | 2): number {
  return (color >> ((2 - index) * 8)) & 0xff;
}
