import run

with run.database() as psql:
    assert psql("-f", "schema.sql").returncode == 0
    done = psql("-A", "-t", "-f", "inventory.sql")
    assert done.returncode == 0, done.stdout
    assert done.stdout.split() == ["desk|19900", "lamp|13500"], done.stdout
    psql("-c", "INSERT INTO stock VALUES ('chair', 4, 6000)")
    assert psql("-A", "-t", "-c", "SELECT * FROM worth(6000)").stdout.split() == [
        "chair|24000",
        "desk|19900",
        "lamp|13500",
        "pen|6000",
    ]
