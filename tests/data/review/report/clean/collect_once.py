_SENTINEL = object()


def first(iterable, default=_SENTINEL):
    """Return the first item.

    Raises: ValueError: there is none, and no default.
    """
    for item in iterable:
        return item
    if default is _SENTINEL:
        raise ValueError("empty")
    return default
