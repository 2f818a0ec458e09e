def gaps(stamps):
    """Return the seconds between neighbouring time stamps."""
    found = []
    for i in range(len(stamps)):
        found.append(stamps[i + 1] - stamps[i])  <<logic>>
    return found
