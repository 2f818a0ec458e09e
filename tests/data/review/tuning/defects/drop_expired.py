def drop_expired(sessions, now):
    """Remove the sessions whose time is over."""
    for key in sessions:
        if sessions[key].expires <= now:
            del sessions[key]  <<logic>>
    return sessions
