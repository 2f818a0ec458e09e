const { backupAll } = require("./backup");

backupAll("notes", "saved", ".txt").then((names) => console.log(names));
