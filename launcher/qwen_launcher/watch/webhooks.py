"""Posts alerts to the webhooks that the user configured, and nothing to anybody else.

A webhook's address is a secret: whoever has it can post. Messages here and in the log show its host only. Payloads hold
the name of the machine, of the backend and of the rule, and numbers; never what was asked of the model.

Formats: WeCom group robot (https://developer.work.weixin.qq.com/document/path/91770: `markdown`, at most 4096 bytes,
answers HTTP 200 with an `errcode`), Slack incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks),
and a JSON object of our own, described in docs/monitoring.md.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from qwen_launcher.errors import LauncherError
from qwen_launcher.watch.history import EventKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import Message
    from typing import IO

    from qwen_launcher.watch.history import Event

POST_TIMEOUT_S = 10.0
RETRY_DELAYS_S = (1.0, 5.0, 25.0, 120.0)
MAX_RETRY_AFTER_S = 300.0
MAX_QUEUED = 100
MAX_ANSWER_BYTES = 64 * 1024
WECOM_MAX_BYTES = 4096
WECOM_RETRY = frozenset({-1, 45009})
"""Its errcode for "busy" and for "too many messages"; the others will not get better."""
RETRY_STATUSES = frozenset({408, 425, 429})

logger = logging.getLogger(__name__)


class WebhookError(LauncherError):
    """The address is none that can be posted to."""


class Format(StrEnum):
    """The shape of what is posted."""

    WECOM = "wecom"
    SLACK = "slack"
    JSON = "json"


HOSTS = {"qyapi.weixin.qq.com": Format.WECOM, "hooks.slack.com": Format.SLACK, "hooks.slack-gov.com": Format.SLACK}


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where to post, and in which shape; prints as its host only."""

    url: str
    format: Format

    @classmethod
    def of(cls, url: str, form: Format | None = None) -> Webhook:
        """Return the webhook at `url`; without `form` the host decides.

        Raises:
            WebhookError: this is no HTTP address.
        """
        try:
            parts = urlsplit(url)
            host, scheme, _port = parts.hostname, parts.scheme, parts.port
        except ValueError:
            host = scheme = None
        if scheme not in {"http", "https"} or not host:
            raise WebhookError("its address does not begin with https://HOST/ (it is a secret, so it is not shown)")
        return cls(url, form or HOSTS.get(host, Format.JSON))

    def __repr__(self) -> str:
        return f"{self.format} webhook at {urlsplit(self.url).hostname}"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class _DeliveryError(Exception):
    """A post that failed; `retry_after_s` None: it would fail again."""

    reason: str
    retry_after_s: float | None


def payload(form: Format, event: Event, machine: str) -> dict[str, Any]:
    """Return what is posted about `event` of a backend on `machine`."""
    when = datetime.fromtimestamp(event.time_s, UTC).isoformat(timespec="seconds")
    is_alert = event.kind is EventKind.ALERT
    title = f"{'ALERT' if is_alert else 'RECOVERED'}: {event.rule}"
    if form is Format.WECOM:
        colour = "warning" if is_alert else "info"
        where = f"{event.target} on {machine}, {when}"
        lines = (f'<font color="{colour}">{title}</font>', f"> {event.message}", f"> {where}")
        content = "\n".join(lines).encode()[:WECOM_MAX_BYTES].decode("utf-8", "ignore")
        return {"msgtype": "markdown", "markdown": {"content": content}}
    if form is Format.SLACK:
        message, where = _slack_escape(event.message), _slack_escape(f"{event.target} on {machine}, {when}")
        icon = ":red_circle:" if is_alert else ":large_green_circle:"
        return {
            # `text` is what notifications show.
            "text": f"{title}: {message}",
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": f"{icon} *{title}*\n{message}"}},
                {"type": "context", "elements": [{"type": "mrkdwn", "text": where}]},
            ],
        }
    return {
        "version": 1,
        "event": str(event.kind),
        "rule": event.rule,
        "message": event.message,
        "backend": event.target,
        "machine": machine,
        "time": when,
    }


class Courier:
    """Delivers to one webhook, in order, from a thread of its own, so that a slow receiver never delays a sample."""

    def __init__(self, webhook: Webhook, machine: str, retry_delays_s: Sequence[float] = RETRY_DELAYS_S) -> None:
        self._webhook = webhook
        self._machine = machine
        self._retry_delays_s = retry_delays_s
        self._queue: queue.Queue[Event | None] = queue.Queue(MAX_QUEUED)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name=str(webhook), daemon=True)
        self._thread.start()

    def send(self, event: Event) -> None:
        """Deliver `event` soon; when too many wait already it is dropped, which is logged."""
        try:
            self._queue.put_nowait(event)
        except queue.Full:
            logger.warning("%s: %d messages wait; %s is dropped", self._webhook, MAX_QUEUED, event.rule)

    def close(self, timeout_s: float) -> None:
        """Try once more to deliver what waits, for `timeout_s` at most."""
        self._closing.set()
        try:
            self._queue.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(timeout_s)

    def _work(self) -> None:
        while (event := self._queue.get()) is not None:
            self._deliver(event)

    def _deliver(self, event: Event) -> None:
        body = json.dumps(payload(self._webhook.format, event, self._machine)).encode()
        for delay_s in (*self._retry_delays_s, None):
            is_last = delay_s is None or self._closing.is_set()
            try:
                _post(self._webhook, body)
            except _DeliveryError as failure:
                if failure.retry_after_s is None or delay_s is None or is_last:
                    logger.warning("%s: %s of %s is lost: %s", self._webhook, event.kind, event.rule, failure.reason)
                    return
                wait_s = min(max(delay_s, failure.retry_after_s), MAX_RETRY_AFTER_S)
                logger.warning("%s: %s; tried again in %g s", self._webhook, failure.reason, wait_s)
                self._closing.wait(wait_s)
            else:
                return


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: only the address that the user gave gets anything."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Return no request, which makes the redirect an error."""


def _post(webhook: Webhook, body: bytes) -> None:
    request = urllib.request.Request(  # noqa: S310 - `Webhook.of` admits http and https only
        webhook.url, body, {"Content-Type": "application/json; charset=utf-8", "User-Agent": "qwen-launcher"}
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=POST_TIMEOUT_S) as response:
            answer: bytes = response.read(MAX_ANSWER_BYTES)
    except urllib.error.HTTPError as error:
        error.close()
        temporary = error.code in RETRY_STATUSES or error.code >= 500
        raise _DeliveryError(
            f"HTTP status {error.code}", _retry_after_s(error.headers) if temporary else None
        ) from None
    except (OSError, HTTPException, ValueError) as error:
        # A message of http.client can hold the address; the class says enough.
        reason = error.reason if isinstance(error, urllib.error.URLError) else type(error).__name__
        raise _DeliveryError(f"cannot be reached ({reason})", 0.0) from None
    if webhook.format is Format.WECOM:
        _check_wecom(answer)


def _check_wecom(answer: bytes) -> None:
    """Raise unless the robot took the message: WeCom answers 200 to everything."""
    try:
        code = json.loads(answer)["errcode"]
    except (ValueError, KeyError, TypeError):
        raise _DeliveryError("the answer is not that of a WeCom robot", None) from None
    if code != 0:
        raise _DeliveryError(f"WeCom errcode {code}", 0.0 if code in WECOM_RETRY else None)


def _retry_after_s(headers: Message) -> float:
    """Return the seconds that the receiver asks to wait; its other form, a date, counts as none."""
    value = headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0


def _slack_escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
