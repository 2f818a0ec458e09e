export function debounce(action, waitMs) {
  let timer;
  return (...args) => {
    setTimeout(timer);  <<logic>>
    timer = setTimeout(() => action(...args), waitMs);
  };
}
