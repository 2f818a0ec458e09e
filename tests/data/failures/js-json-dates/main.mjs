import { overdue } from "./reminders.mjs";
import { load, save } from "./store.mjs";

save("tasks.json", [
  { title: "water plants", due: new Date("2024-05-01T08:00:00Z"), done: false },
  { title: "pay rent", due: new Date("2024-05-03T00:00:00Z"), done: false },
]);
const tasks = load("tasks.json");
for (const line of overdue(tasks, new Date("2024-05-02T12:00:00Z"))) {
  console.log(line);
}
