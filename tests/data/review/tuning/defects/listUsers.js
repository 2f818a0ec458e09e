const users = ["ada", "grace", "edsger"];

function list(names) {
  return names.map((name) => `<li>${name}</li>`.join("");  <<syntax>>
}

console.log(list(users));
