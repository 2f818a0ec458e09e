const { execFile } = require("node:child_process");

function log(folder, count, callback) {
  execFile("git", ["-C", folder, "log", `-${count}`, "--oneline"], callback);
}

module.exports = { log };
