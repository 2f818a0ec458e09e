export function topThree(scores: number[]): number[] {
  const sorted = [...scores].sort();  <<logic>>
  return sorted.slice(-3).reverse();
}
