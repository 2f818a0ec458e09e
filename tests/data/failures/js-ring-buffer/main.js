const { History } = require("./history");

const history = new History(4);
for (const command of ["ls", "cd src", "git status", "make", "make test", "git push"]) {
  history.push(command);
}
console.log(history.last(3));
console.log(history.last(4));
