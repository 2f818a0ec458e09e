from maze import parse, shortest_path

room = parse("\n".join(["." * 6] * 6))
for row in range(6):
    for column in range(6):
        path = shortest_path(room, (2, 3), (row, column))
        assert len(path) == abs(row - 2) + abs(column - 3) + 1
        assert path[0] == (2, 3) and path[-1] == (row, column)
        assert all(abs(a - c) + abs(b - d) == 1 for (a, b), (c, d) in zip(path, path[1:]))
assert shortest_path(parse(".#."), (0, 0), (0, 2)) == []
hall = parse(".....\n.###.\n.....")
assert shortest_path(hall, (0, 1), (2, 1)) == [(0, 1), (0, 0), (1, 0), (2, 0), (2, 1)]
