from matrix import multiply, transpose

assert transpose([[1, 2, 3], [4, 5, 6]]) == [[1, 4], [2, 5], [3, 6]]
assert transpose([[1], [2]]) == [[1, 2]]
assert multiply([[3, 0, 2], [1, 4, 4]], [[10.0], [2.5], [4.0]]) == [[38.0], [36.0]]
assert multiply([[1, 2]], [[1, 0, 5], [0, 1, 5]]) == [[1, 2, 15]]
