export function mergeDeep(target, source) {
  for (const key in source) {
    if (typeof source[key] === "object" && source[key] !== null) {
      target[key] = mergeDeep(target[key] || {}, source[key]);  <<security>>
    } else {
      target[key] = source[key];  <<security>>
    }
  }
  return target;
}
