import yaml


def read_config(upload):
    """Return the settings in a file that a user has uploaded."""
    return yaml.load(upload.read(), Loader=yaml.Loader)  <<security>>
