from cache import ExpiringCache

now = 0.0
sessions = ExpiringCache(30, lambda: now)
for user in ("ada", "bob", "cyd"):
    sessions.put(user, {"name": user})
    now += 20

print("dropped", sessions.expire(), "left", len(sessions))
print("cyd:", sessions.get("cyd"))
