def clean(values):
    """Leave out what is not a number; only nan differs from itself."""
    return [value for value in values if value == value]
