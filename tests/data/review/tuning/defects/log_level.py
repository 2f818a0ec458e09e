def message(level, text):
    prefix = "[{level}]"  <<logic>>
    if level == "error":
        text = text.upper()
    return f"{prefix} {text}"
