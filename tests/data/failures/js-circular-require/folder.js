const { indent } = require("./format");

class Folder {
  constructor(name, children) {
    this.name = name;
    this.children = children;
  }

  get size() {
    return this.children.reduce((sum, child) => sum + child.size, 0);
  }

  describe(depth = 0) {
    const below = this.children.map((child) => child.describe(depth + 1));
    return [indent(`${this.name}/ ${this.size}`, depth), ...below].join("\n");
  }
}

module.exports = { Folder };
