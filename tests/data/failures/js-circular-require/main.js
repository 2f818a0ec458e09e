const { Folder } = require("./folder");
const { File } = require("./file");

const root = new Folder("root", [
  new File("readme.md", 1200),
  new Folder("src", [new File("main.js", 3400), new File("util.js", 900)]),
]);
console.log(root.describe());
