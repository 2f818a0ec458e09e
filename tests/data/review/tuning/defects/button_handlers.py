def bind_digits(keypad, display):
    """Make each key of the pad type its digit."""
    handlers = {}
    for digit in range(10):
        handlers[digit] = lambda: display.type(digit)  <<logic>>
    keypad.bind(handlers)
