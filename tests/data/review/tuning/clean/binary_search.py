def position(values, wanted):
    """Return where `wanted` is in the sorted values, or where it belongs."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low
