import random
import string


def reset_token(length=32):
    """Return a token that lets its owner set a new password."""
    letters = string.ascii_letters + string.digits
    return "".join(random.choice(letters) for _ in range(length))  <<security>>
