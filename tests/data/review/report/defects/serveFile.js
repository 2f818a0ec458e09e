const fs = require("fs");
const path = require("path");
const express = require("express");

const app = express();

app.get("/files/:name", (req, res) => {
  const file = path.join(__dirname, "files", req.query.path);
  fs.readFile(file, (error, content) => {  <<security>>
    if (error) return res.sendStatus(404);
    res.send(content);
  });
});
