const { exec } = require("child_process");

function convert(name, callback) {
  exec(`convert uploads/${name} -resize 200x200 thumbs/${name}`, callback);  <<security>>
}

module.exports = { convert };
