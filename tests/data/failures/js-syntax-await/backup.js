const { copyFile, mkdir, readdir } = require("node:fs/promises");
const path = require("node:path");

/** Copy the files of `source` that end like `ending` into `target`; return their names, sorted. */
function backupAll(source, target, ending) {
  await mkdir(target, { recursive: true });
  const names = (await readdir(source)).filter((name) => name.endsWith(ending)).sort();
  for (const name of names) {
    await copyFile(path.join(source, name), path.join(target, name));
  }
  return names;
}

module.exports = { backupAll };
