def describe(door):
    if door.state = "open":  <<syntax>>
        return "come in"
    return "knock first"
