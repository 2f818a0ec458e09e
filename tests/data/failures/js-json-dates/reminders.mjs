const HOUR = 3_600_000;

/** Return a line for each open task whose time is past, the most late first. */
export function overdue(tasks, now) {
  return tasks
    .filter((task) => !task.done)
    .map((task) => ({ task, late: now.getTime() - task.due.getTime() }))
    .filter(({ late }) => late > 0)
    .sort((a, b) => b.late - a.late)
    .map(({ task, late }) => `${task.title}: ${Math.floor(late / HOUR)} h late`);
}
