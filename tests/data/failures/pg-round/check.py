import run

with run.database() as psql:
    assert psql("-f", "schema.sql").returncode == 0
    done = psql("-A", "-t", "-f", "means.sql")
    assert done.returncode == 0, done.stdout
    rows = [line.split("|") for line in done.stdout.split()]
    assert [(name, float(mean), day) for name, mean, day in rows] == [
        ("harbour", 12.1, "2024-05-03"),
        ("summit", -2.1, "2024-05-02"),
    ], rows
    psql("-c", "INSERT INTO readings VALUES ('tower', '2024-05-01', 7.26)")
    assert float(psql("-A", "-t", "-f", "means.sql").stdout.split()[2].split("|")[1]) == 7.3
