export function visibleItems(items) {
  const shown = [];
  items.forEach((item) => {
    if (item.hidden) {
      return;
    }
    shown.push(item.label);
  });
  return shown;
}
