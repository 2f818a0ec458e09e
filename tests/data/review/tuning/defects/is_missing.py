import math


def is_missing(value):
    if value is None:
        return True
    return value == math.nan  <<logic>>
