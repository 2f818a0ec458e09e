from main import SALES, report

rows = report(SALES).splitlines()
assert len(rows) == 4
assert rows[0] == "Keyboard        12    478.80", rows[0]
assert rows[-1].split() == ["Total", "1760.80"], rows[-1]
assert len({len(row) for row in rows}) == 1, "the columns must line up"
assert report([]).split() == ["Total", "0.00"]
