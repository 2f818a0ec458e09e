from main import Job, PrintQueue

queue = PrintQueue()
for number, priority in enumerate([5, 1, 5, 1, 3, 5]):
    assert queue.submit(Job(f"{9 - number}", 10 - number), priority) == number
assert [queue.take().document for _ in range(len(queue))] == ["8", "6", "5", "9", "7", "4"]
try:
    queue.take()
except IndexError:
    pass
else:
    raise SystemExit("an empty queue must raise IndexError")
