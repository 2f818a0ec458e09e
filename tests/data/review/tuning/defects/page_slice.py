def page(items, number, size=20):
    """Return page `number` of the items; the first page is number 1."""
    start = number * size  <<logic>>
    return items[start : start + size]


def page_count(items, size=20):
    return (len(items) + size - 1) // size
