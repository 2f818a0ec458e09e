from main import LOADS, SYSTEM, verified
from matrix import Matrix
from solver import residual, solve

system = Matrix([[2.0, 1.0], [4.0, 3.0]])
copied = system.copy()
copied[0][0] = 99.0
assert system[0][0] == 2.0
right = [5.0, 11.0]
assert solve(system, right) == [2.0, 1.0]
assert system.rows == [[2.0, 1.0], [4.0, 3.0]] and right == [5.0, 11.0]
assert residual(system, [2.0, 1.0], right) == 0
for load in LOADS * 2:
    assert residual(Matrix([[2.0, 1.0, 0.0], [4.0, 3.0, 1.0], [0.0, 2.0, 5.0]]), verified(load), load) < 1e-9
SYSTEM.rows[2][2] += 1
assert residual(SYSTEM, [1.0, 2.0, 3.0], LOADS[0]) > 0.1
