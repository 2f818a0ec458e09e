import assert from "node:assert/strict";
import { overdue } from "./reminders.mjs";
import { load, save } from "./store.mjs";

const due = new Date("2024-01-01T00:00:00Z");
save("t.json", [{ title: "a", due, done: false, finished: null }, { title: "b", due, done: true, finished: due }]);
const tasks = load("t.json");
assert.ok(tasks[0].due instanceof Date && tasks[1].finished instanceof Date);
assert.equal(tasks[0].finished, null);
assert.equal(tasks[0].title, "a");
assert.deepEqual(overdue(tasks, new Date("2024-01-01T05:30:00Z")), ["a: 5 h late"]);
assert.deepEqual(overdue([{ title: "c", due, done: false }], due), []);
