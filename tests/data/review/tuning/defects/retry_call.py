def with_retries(action, attempts=3):
    """Call `action` until it succeeds, at most `attempts` times; return its result."""
    last_error = None
    for _ in range(attempts):
        try:
            result = action()  <<logic>>
        except OSError as error:
            last_error = error
    if last_error is not None:  <<logic>>
        raise last_error
    return result
