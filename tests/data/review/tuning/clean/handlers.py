def bind(keys, display):
    return {key: lambda pressed=key: display.type(pressed) for key in keys}
