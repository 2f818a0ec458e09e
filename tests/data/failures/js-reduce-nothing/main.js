const { busiest } = require("./calendar");

const week = {
  monday: [{ room: "blue", hours: 2 }, { room: "red", hours: 1 }],
  tuesday: [],
  wednesday: [{ room: "red", hours: 3 }],
};
for (const [day, room] of Object.entries(busiest(week))) {
  console.log(`${day}: ${room ?? "-"}`);
}
