"""Small dense matrices as lists of rows."""

Matrix = list[list[float]]


def transpose(matrix: Matrix) -> Matrix:
    """Return the matrix with rows and columns exchanged."""
    result = []
    for column in range(len(matrix)):
        result.append([row[column] for row in matrix])
    return result


def multiply(left: Matrix, right: Matrix) -> Matrix:
    """Return the product. Raises: ValueError: the inner dimensions differ."""
    if len(left[0]) != len(right):
        raise ValueError(f"cannot multiply {len(left[0])} columns by {len(right)} rows")
    columns = transpose(right)
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]
