const jwt = require("jsonwebtoken");

function userOf(request) {
  const token = request.headers.authorization?.split(" ")[1];
  const payload = jwt.decode(token);  <<security>>
  return payload.sub;
}

module.exports = { userOf };
