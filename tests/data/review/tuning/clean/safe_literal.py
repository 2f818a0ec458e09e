import ast


def parse_setting(text):
    """Return the Python value that a setting's text stands for."""
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
