"""A matrix of floats."""


class Matrix:
    def __init__(self, rows: list[list[float]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> list[float]:
        return self.rows[index]

    def copy(self) -> "Matrix":
        """Return a matrix of its own with the same values."""
        return Matrix(self.rows[:])

    def times(self, vector: list[float]) -> list[float]:
        """Return the product with a column vector."""
        return [sum(a * x for a, x in zip(row, vector, strict=True)) for row in self.rows]
