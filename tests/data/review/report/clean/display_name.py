def display_name(user):
    """Return the nickname, else the full name; an empty nickname counts as none."""
    name = user.nickname or user.full_name
    if not name:
        return "anonymous"
    return name
