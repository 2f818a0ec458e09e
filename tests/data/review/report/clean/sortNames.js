export function sortedNames(users) {
  return users.map((user) => user.name).sort();
}
