import run

with run.database() as psql:
    assert psql("-f", "schema.sql").returncode == 0
    done = psql("-A", "-t", "-f", "transfer.sql")
    assert done.returncode == 0, done.stdout
    assert done.stdout.split() == ["Ada|4300|1", "Bo|1700|1"], done.stdout
    psql("-c", "UPDATE accounts SET owner = 'Bea' WHERE id = 2")
    psql("-c", "UPDATE accounts SET cents = 1 WHERE id = 1")
    rows = psql("-A", "-t", "-c", "SELECT owner, cents, changed FROM accounts ORDER BY id").stdout.split()
    assert rows == ["Ada|1|2", "Bea|1700|1"], rows
