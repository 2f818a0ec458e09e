export function show(list, names) {
  list.innerHTML = "";
  for (const name of names) {
    const item = document.createElement("li");
    item.textContent = name;
    list.append(item);
  }
}
