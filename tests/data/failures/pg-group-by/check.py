import run

with run.database() as psql:
    assert psql("-f", "schema.sql").returncode == 0
    done = psql("-A", "-t", "-f", "report.sql")
    assert done.returncode == 0, done.stdout
    assert done.stdout.split() == ["Oslo|3|2700", "Bergen|1|500"], done.stdout
    psql("-c", "INSERT INTO orders VALUES (5, 2, 9000)")
    assert psql("-A", "-t", "-f", "report.sql").stdout.split() == ["Bergen|2|9500", "Oslo|3|2700"]
