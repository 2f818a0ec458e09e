try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib


def version(text):
    return tomllib.loads(text)["project"].get("version", "0")
