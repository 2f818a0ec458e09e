from events import AuditedBus, EventBus

seen = []
bus = AuditedBus(limit=2)
bus.subscribe("a", seen.append)
bus.subscribe("a", lambda payload: seen.append(-payload))
assert bus.publish("x", 0) == 0
assert bus.publish("a", 3) == 2
assert bus.publish("b") == 0
assert seen == [3, -3]
assert bus.history == [("a", 3), ("b", None)]
other = AuditedBus()
assert other.publish("a", 1) == 0 and seen == [3, -3], "buses must not share handlers"
plain = EventBus()
plain.subscribe("q", seen.append)
assert plain.publish("q", 5) == 1 and seen[-1] == 5
