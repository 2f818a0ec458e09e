from main import SAMPLE, count, parse

assert count(SAMPLE) == {"sshd": 1, "CRON": 2, "kernel": 1}
assert parse("Mar 28 23:59:58 web1 sshd[811]: x") == ("Mar 28", "sshd")
day, program = parse("Apr  1 00:00:04 web1 kernel: eth0: link up")
assert day.split() == ["Apr", "1"] and program == "kernel"
