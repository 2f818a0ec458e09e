PASSWORD_FIELD = "password"
TOKEN_HEADER = "X-Auth-Token"
MIN_PASSWORD_LENGTH = 12


def problems(form):
    password = form.get(PASSWORD_FIELD, "")
    if len(password) < MIN_PASSWORD_LENGTH:
        return [f"a password has at least {MIN_PASSWORD_LENGTH} characters"]
    return []
