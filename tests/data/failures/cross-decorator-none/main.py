import commands  # noqa: F401
from registry import dispatch

for line in ("/echo good morning", "/shout lunch is ready", "/help", "/dance"):
    print(dispatch(line))
