const path = require("path");

const ROOT = path.resolve(__dirname, "avatars");

function avatar(req, res) {
  const file = path.resolve(ROOT, path.basename(req.params.name));
  if (!file.startsWith(ROOT + path.sep)) {
    return res.sendStatus(400);
  }
  return res.sendFile(file);
}

module.exports = { avatar };
