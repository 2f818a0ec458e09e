const https = require("https");

const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });  <<security>>

function get(url, callback) {
  https.get(url, { agent }, callback);
}

module.exports = { get };
