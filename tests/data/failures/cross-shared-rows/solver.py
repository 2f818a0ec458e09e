"""Gaussian elimination without pivoting, for matrices whose leading minors are not zero."""

from matrix import Matrix


def solve(matrix: Matrix, right: list[float]) -> list[float]:
    """Return x with matrix * x = right; neither argument is changed."""
    work = matrix.copy()
    values = list(right)
    size = len(work)
    for pivot in range(size):
        for row in range(pivot + 1, size):
            factor = work[row][pivot] / work[pivot][pivot]
            values[row] -= factor * values[pivot]
            for column in range(pivot, size):
                work[row][column] -= factor * work[pivot][column]
    for row in reversed(range(size)):
        for column in range(row + 1, size):
            values[row] -= work[row][column] * values[column]
        values[row] /= work[row][row]
    return values


def residual(matrix: Matrix, solution: list[float], right: list[float]) -> float:
    """Return the largest difference between matrix * solution and right, relative to the largest of right."""
    differences = [abs(a - b) for a, b in zip(matrix.times(solution), right, strict=True)]
    return max(differences) / max(abs(value) for value in right)
