"""Paths through mazes drawn as text: # is a wall."""

from collections import deque

Cell = tuple[int, int]


def parse(drawing: str) -> set[Cell]:
    """Return the open cells as (row, column)."""
    return {
        (row, column)
        for row, line in enumerate(drawing.strip("\n").splitlines())
        for column, char in enumerate(line)
        if char != "#"
    }


def neighbours(cell: Cell) -> list[Cell]:
    row, column = cell
    return [(row, column + 1), (row + 1, column), (row, column - 1), (row - 1, column)]


def shortest_path(cells: set[Cell], start: Cell, goal: Cell) -> list[Cell]:
    """Return the cells of a shortest path, both ends included; empty when there is no way."""
    came_from: dict[Cell, Cell | None] = {start: None}
    queue = deque([start])
    while queue:
        cell = queue.pop()
        if cell == goal:
            break
        for neighbour in neighbours(cell):
            if neighbour in cells and neighbour not in came_from:
                came_from[neighbour] = cell
                queue.append(neighbour)
    if goal not in came_from:
        return []
    path = []
    step: Cell | None = goal
    while step is not None:
        path.append(step)
        step = came_from[step]
    return path[::-1]
