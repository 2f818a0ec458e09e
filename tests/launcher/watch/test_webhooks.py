"""What reaches a webhook, and what happens when it fails; the receiver is a real HTTP server."""

from __future__ import annotations

import json
import logging

import pytest

from qwen_launcher.watch.history import Event, EventKind
from qwen_launcher.watch.webhooks import Courier, Format, Webhook

ALERT = Event(1_800_000_000.0, "local backend", "kv-cache", EventKind.ALERT, "KV cache 97% full (limit <95%> & more)")
RECOVERY = Event(1_800_000_090.0, "local backend", "kv-cache", EventKind.RECOVERY, "KV cache 10% full")
EXPECTED = {
    Format.WECOM: (
        {
            "msgtype": "markdown",
            "markdown": {
                "content": '<font color="warning">ALERT: kv-cache</font>\n> KV cache 97% full (limit <95%> & more)\n'
                "> local backend on box, 2027-01-15T08:00:00+00:00"
            },
        },
        {
            "msgtype": "markdown",
            "markdown": {
                "content": '<font color="info">RECOVERED: kv-cache</font>\n> KV cache 10% full\n'
                "> local backend on box, 2027-01-15T08:01:30+00:00"
            },
        },
    ),
    Format.SLACK: (
        {
            "text": "ALERT: kv-cache: KV cache 97% full (limit &lt;95%&gt; &amp; more)",
            "blocks": [
                {
                    "type": "section",
                    "text": {
                        "type": "mrkdwn",
                        "text": ":red_circle: *ALERT: kv-cache*\nKV cache 97% full (limit &lt;95%&gt; &amp; more)",
                    },
                },
                {
                    "type": "context",
                    "elements": [{"type": "mrkdwn", "text": "local backend on box, 2027-01-15T08:00:00+00:00"}],
                },
            ],
        },
        {
            "text": "RECOVERED: kv-cache: KV cache 10% full",
            "blocks": [
                {
                    "type": "section",
                    "text": {
                        "type": "mrkdwn",
                        "text": ":large_green_circle: *RECOVERED: kv-cache*\nKV cache 10% full",
                    },
                },
                {
                    "type": "context",
                    "elements": [{"type": "mrkdwn", "text": "local backend on box, 2027-01-15T08:01:30+00:00"}],
                },
            ],
        },
    ),
    Format.JSON: tuple(
        {
            "version": 1,
            "event": event.kind.value,
            "rule": "kv-cache",
            "message": event.message,
            "backend": "local backend",
            "machine": "box",
            "time": time,
        }
        for event, time in ((ALERT, "2027-01-15T08:00:00+00:00"), (RECOVERY, "2027-01-15T08:01:30+00:00"))
    ),
}
SECRET_PATH = "/services/topsecret?key=topsecret"  # noqa: S105 - a made-up one


@pytest.fixture
def courier(server):
    """Make couriers to the server; the delays between tries are short."""
    made = []

    def make(form: Format = Format.JSON, url: str = "", delays_s: tuple[float, ...] = (0.01, 0.01)) -> Courier:
        made.append(Courier(Webhook((url or server.url) + SECRET_PATH, form), "box", delays_s))
        return made[-1]

    yield make
    for courier in made:
        courier.close(5.0)


@pytest.mark.parametrize("form", list(Format))
def test_payloads(server, courier, form):
    """Alert and recovery arrive in order, at the webhook's own path, in the form that its service takes."""
    sender = courier(form)
    sender.send(ALERT)
    sender.send(RECOVERY)
    posts = [server.received(), server.received()]
    assert tuple(post.body for post in posts) == EXPECTED[form]
    assert {post.path for post in posts} == {SECRET_PATH}
    assert posts[0].headers["Content-Type"] == "application/json; charset=utf-8"


def test_wecom_limit(server, courier):
    """A message that is longer than WeCom takes is cut between characters."""
    courier(Format.WECOM).send(Event(0.0, "t", "r", EventKind.ALERT, "长" * 3000))
    content = server.received().body["markdown"]["content"]
    assert 4093 <= len(content.encode()) <= 4096
    assert set(content.splitlines()[-1]) == {"长", ">", " "}


TRY_AGAIN = [
    (Format.JSON, (500, {}, "")),
    (Format.SLACK, (429, {"Retry-After": "0"}, "rate_limited")),
    (Format.WECOM, (200, {}, json.dumps({"errcode": 45009, "errmsg": "api freq out of limit"}))),
]


@pytest.mark.parametrize(("form", "answer"), TRY_AGAIN)
def test_receiver_that_fails_first(server, courier, caplog, form, answer):
    """A receiver that fails twice gets the message the third time, before the next one."""
    server.answers = [answer, answer]
    sender = courier(form)
    sender.send(ALERT)
    sender.send(RECOVERY)
    bodies = [server.received().body for _ in range(4)]
    assert bodies == [EXPECTED[form][0]] * 3 + [EXPECTED[form][1]]
    sender.close(5.0)
    assert caplog.text.count("tried again") == 2
    assert "lost" not in caplog.text


GIVE_UP = [
    (Format.JSON, (404, {}, ""), "HTTP status 404"),
    (Format.SLACK, (403, {}, "invalid_token"), "HTTP status 403"),
    (Format.WECOM, (200, {}, json.dumps({"errcode": 93000, "errmsg": "invalid webhook url"})), "WeCom errcode 93000"),
    (Format.WECOM, (200, {}, "<html>"), "the answer is not that of a WeCom robot"),
]


@pytest.mark.parametrize(("form", "answer", "reason"), GIVE_UP)
def test_receiver_that_refuses(server, courier, caplog, form, answer, reason):
    """What would be refused again is not sent again; the log says what is lost and why, and the next one is sent."""
    server.answers = [answer]
    sender = courier(form)
    sender.send(ALERT)
    sender.send(RECOVERY)
    assert [server.received().body for _ in range(2)] == list(EXPECTED[form])
    sender.close(5.0)
    assert server.posts.empty()
    assert f"alert of kv-cache is lost: {reason}" in caplog.text


def test_tries_are_bounded(server, courier, caplog):
    """A receiver that always fails is given up after the last delay."""
    server.answers = [(503, {}, "")] * 9
    sender = courier()
    sender.send(ALERT)
    for _ in range(3):
        server.received()
    sender.close(5.0)
    assert server.posts.empty()
    assert "is lost: HTTP status 503" in caplog.text


@pytest.mark.parametrize("status", [301, 302, 307])
def test_redirects_are_not_followed(server, courier, caplog, status):
    """Only the address that the user gave gets anything, whatever it answers."""
    server.answers = [(status, {"Location": f"{server.url}/elsewhere"}, "")]
    sender = courier()
    sender.send(ALERT)
    sender.close(5.0)
    assert server.received().path == SECRET_PATH
    assert server.posts.empty()
    assert f"HTTP status {status}" in caplog.text


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://127.0.0.1:9/ space"])
def test_addresses_stay_secret(courier, caplog, url):
    """Nothing that is logged at any level holds more of the address than its host."""
    caplog.set_level(logging.DEBUG)
    sender = courier(url=url)
    sender.send(ALERT)
    sender.close(10.0)
    assert "is lost" in caplog.text
    assert "topsecret" not in caplog.text
    assert "topsecret" not in repr(Webhook.of("https://hooks.slack.com/services/topsecret"))


def test_closing_does_not_wait_for_a_retry(server, courier):
    """At the end what waits for its next try is tried at once: the monitor ends soon, and not without trying."""
    server.answers = [(500, {}, "")]
    sender = courier(delays_s=(600.0,))
    sender.send(ALERT)
    server.received()
    sender.close(5.0)
    assert server.received().body == EXPECTED[Format.JSON][0]
