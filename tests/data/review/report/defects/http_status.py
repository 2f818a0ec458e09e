def category(status):
    if status < 200:
        return "information"
    elif status < 300:
        return "success"
    elif status < 300:  <<logic>>
        return "redirect"
    elif status < 500:
        return "client error"
    return "server error"
