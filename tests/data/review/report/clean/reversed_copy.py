def rotate(grid):
    """Return the grid turned by a quarter to the right."""
    height, width = len(grid), len(grid[0])
    return [[grid[height - 1 - row][column] for row in range(height)] for column in range(width)]
