const { reminder } = require("./letter");

console.log(reminder("Ms. Noor", [{ number: "2024-7", amount: 120, paid: false }], new Date("2024-06-01T00:00:00Z")));
