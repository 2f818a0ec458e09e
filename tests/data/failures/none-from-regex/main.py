"""Count the messages of a syslog file by program."""

import re
from collections import Counter

LINE = re.compile(r"(?P<month>[A-Z][a-z]{2}) (?P<day>\d{2}) (?P<time>[\d:]{8}) (?P<host>\S+) (?P<program>[\w/-]+)(\[\d+\])?: ")

SAMPLE = """\
Mar 28 23:59:58 web1 sshd[811]: Accepted publickey for deploy
Mar 31 00:00:01 web1 CRON[902]: (root) CMD (run-parts)
Apr  1 00:00:04 web1 kernel: eth0: link up
Apr  2 06:25:01 web1 CRON[977]: (root) CMD (test -x /usr/sbin/anacron)
"""


def parse(line: str) -> tuple[str, str]:
    """Return (day as "Mar 28", program). Single-digit days are padded with a blank in syslog."""
    match = LINE.match(line)
    return f"{match.group('month')} {match.group('day')}", match.group("program")


def count(text: str) -> Counter[str]:
    """Return the number of messages of each program."""
    return Counter(parse(line)[1] for line in text.splitlines() if line.strip())


if __name__ == "__main__":
    for program, number in count(SAMPLE).most_common():
        print(f"{number:>4} {program}")
