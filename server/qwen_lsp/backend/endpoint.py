"""Where requests for the model are sent, and the address that the user has set."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from qwen_lsp.backend.errors import BackendUnavailableError
from qwen_lsp.settings import BackendSettings


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to send requests. ``model`` None means: ask the server which model it has."""

    base_url: str
    api_key: str | None = field(default=None, repr=False)
    model: str | None = None

    @property
    def is_this_machine(self) -> bool:
        """Whether the address is a loopback one."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


def endpoint_of(settings: BackendSettings, lent: Endpoint | None = None) -> Endpoint:
    """Return the endpoint to use: ``lent``, the launcher's, or without it that of the settings.

    Key and model of the settings win in either case.

    Raises:
        BackendUnavailableError: what is set cannot be used.
    """
    key = settings.api_key
    if key is not None and not (key.isascii() and key.isprintable()):
        raise BackendUnavailableError(  # without the key
            "The API key has characters that cannot be sent (only printable ASCII can); mend backend.apiKey or "
            "QWEN_LSP_API_KEY."
        )
    if lent is not None:
        return Endpoint(lent.base_url, key or lent.api_key, settings.model or lent.model)
    if settings.base_url is None or not is_url(settings.base_url):
        raise BackendUnavailableError(
            f"The backend address {settings.base_url!r} is no good http:// or https:// URL; mend backend.baseUrl "
            f"or QWEN_LSP_BASE_URL (an example: http://127.0.0.1:8000/v1)."
        )
    return Endpoint(settings.base_url, key, settings.model)


def is_url(text: str) -> bool:
    """Return whether ``text`` is an address that requests can be sent to."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and text.isprintable()
    except ValueError:  # a port that is no number or too high, or an unclosed bracket
        return False
