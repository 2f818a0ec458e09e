export function grade(points) {
  switch (true) {
    case points >= 90:
      return "A";
    case points >= 75:
      return "B";
    default:
      return "C";
  }
}
