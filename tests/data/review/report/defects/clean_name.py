def clean_name(raw):
    name = raw.strip()
    name.replace("\u00a0", " ")  <<logic>>
    if not name:
        raise ValueError("a name must not be empty")
    return name.title()
