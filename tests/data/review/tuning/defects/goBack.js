const express = require("express");
const app = express();

app.get("/login/done", (req, res) => {
  req.session.loggedIn = true;
  res.redirect(req.query.next);  <<security>>
});
