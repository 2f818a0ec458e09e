def prune(sessions, now):
    for key in list(sessions):
        if sessions[key].expires <= now:
            del sessions[key]
    return sessions
