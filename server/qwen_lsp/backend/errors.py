"""What can go wrong with the backend; every message says what happened, where, and what to do."""


class BackendError(Exception):
    """The backend gave no usable answer; the message is for the user."""


class BackendUnavailableError(BackendError):
    """No backend answers at the address; safe to retry once it runs."""
