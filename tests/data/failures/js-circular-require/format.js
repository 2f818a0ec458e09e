const { Folder } = require("./folder");

function indent(text, depth) {
  return "  ".repeat(depth) + text;
}

/** Return "folder" or "file" for an entry. */
function kindOf(entry) {
  return entry instanceof Folder ? "folder" : "file";
}

module.exports = { indent, kindOf };
