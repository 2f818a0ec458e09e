export function renderName(element, user) {
  element.textContent = `Hello ${user.name}!`;
}
