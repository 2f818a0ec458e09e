const db = require("./db");

async function findProducts(query, limit) {
  const sql = `
    SELECT id, name, price
    FROM products
    WHERE name ILIKE $1
    ORDER BY name
    LIMIT $2`;
  const { rows } = await db.query(sql, [`%${query}%`, limit]);
  return rows;
}

module.exports = { findProducts };
