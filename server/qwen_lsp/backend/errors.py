"""What can go wrong with the backend; every message says what happened, where, and what to do."""


class BackendError(Exception):
    """The backend gave no usable answer; the message is for the user."""


class BackendUnavailableError(BackendError):
    """No backend answers at the address; safe to retry once it runs."""


class BackendLostError(BackendUnavailableError):
    """The backend cannot be reached or broke off, as one does that dies; another one may take its place."""


class SupervisorLostError(BackendUnavailableError):
    """The supervisor hung up, as one does that is killed; the next one may take over its backend."""
