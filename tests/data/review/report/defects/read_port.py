import logging


def read_port(text):
    try:
        return int(text)
    except Exception:
        logging.exception("cannot read the port")
        raise
    except ValueError:  <<logic>>
        return 8080
