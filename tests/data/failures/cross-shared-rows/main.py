from matrix import Matrix
from solver import residual, solve

SYSTEM = Matrix([[2.0, 1.0, 0.0], [4.0, 3.0, 1.0], [0.0, 2.0, 5.0]])
LOADS = [[5.0, 12.0, 13.0], [0.0, 2.0, 4.0]]


def verified(load: list[float]) -> list[float]:
    """Return the displacements under a load. Raises: ArithmeticError: they do not satisfy the system."""
    displacements = solve(SYSTEM, load)
    error = residual(SYSTEM, displacements, load)
    if error > 1e-9:
        raise ArithmeticError(f"solution is off by {error:.0%}")
    return displacements


def main() -> None:
    for load in LOADS:
        print(load, "->", verified(load))


if __name__ == "__main__":
    main()
