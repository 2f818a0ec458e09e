SELECT id, title
FROM tickets
WHERE (assignee = 7 OR assignee = 9)
  AND state = 'open';
