export function removeDone(tasks) {
  for (let i = 0; i < tasks.length; i++) {
    if (tasks[i].done) {
      tasks.splice(i, 1);  <<logic>>
    }
  }
  return tasks;
}
