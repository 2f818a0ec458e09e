const express = require("express");
const db = require("./db");

const router = express.Router();

router.get("/products", async (req, res) => {
  const rows = await db.query(`SELECT * FROM products WHERE name LIKE '%${req.query.q}%'`);  <<security>>
  res.json(rows);
});

module.exports = router;
