from maze import parse, shortest_path

HALL = """
.....
.###.
.....
"""


def test_straight_line():
    assert shortest_path({(0, 0), (0, 1), (0, 2)}, (0, 0), (0, 2)) == [(0, 0), (0, 1), (0, 2)]


def test_walled_in():
    assert shortest_path(parse(".#."), (0, 0), (0, 2)) == []


def test_open_room_is_crossed_straight():
    room = parse("....\n....\n....\n....")
    path = shortest_path(room, (0, 0), (0, 3))
    assert len(path) == 4, f"took a detour: {path}"


def test_goes_around_the_wall():
    path = shortest_path(parse(HALL), (0, 1), (2, 1))
    assert path == [(0, 1), (0, 0), (1, 0), (2, 0), (2, 1)]
