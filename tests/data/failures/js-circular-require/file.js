const { indent, kindOf } = require("./format");

class File {
  constructor(name, size) {
    this.name = name;
    this.size = size;
  }

  describe(depth = 0) {
    return indent(`${this.name} ${this.size} (${kindOf(this)})`, depth);
  }
}

module.exports = { File };
