"""The monitor's settings file."""

from __future__ import annotations

import pytest

from qwen_launcher.errors import LauncherError
from qwen_launcher.watch.settings import AlertSettings, Settings, load
from qwen_launcher.watch.webhooks import Format, Webhook

SECRET = "https://hooks.slack.com/services/T0/B0/topsecret"  # noqa: S105 - a made-up one


@pytest.fixture
def path(tmp_path):
    """Where the settings are; private, as they should be."""
    path = tmp_path / "monitor.toml"
    path.touch(mode=0o600)
    return path


def test_no_file(tmp_path):
    """Without a file the defaults hold."""
    assert load(tmp_path / "monitor.toml") == Settings()


def test_all_settings(path, caplog):
    """Each setting is taken; the format of a webhook comes from its address unless it is given."""
    path.write_text(f"""\
interval_s = 5
keep_days = 7
[alerts]
kv_cache_use = 0.8
latency_p95_s = 9.5
errors = 2
samples = 4
[[webhooks]]
url = "{SECRET}"
[[webhooks]]
url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"
[[webhooks]]
url = "http://127.0.0.1:1/x"
[[webhooks]]
url = "https://chat.example/hook"
format = "wecom"
""")
    settings = load(path)
    assert settings.alerts == AlertSettings(0.8, 9.5, 2, 4)
    assert (settings.interval_s, settings.keep_days) == (5, 7)
    assert [hook.format for hook in settings.webhooks] == [Format.SLACK, Format.WECOM, Format.JSON, Format.WECOM]
    assert settings.webhooks[0] == Webhook(SECRET, Format.SLACK)
    assert not caplog.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("intervall_s = 5", "no setting intervall_s"),
        ("interval_s = 0", "interval_s = 0 is not a number from 1 to 3600"),
        ("interval_s = true", "interval_s = True is not a number"),
        ('[alerts]\nkv_cache_use = "95%"', "alerts.kv_cache_use = '95%' is not a number from 0 to 1"),
        ("[alerts]\nsamples = 2.5", "alerts.samples = 2.5 is not a whole number"),
        ("[alerts]\nlatency_p95_s = nan", "alerts.latency_p95_s = nan"),
        ("[alerts]\nkv = 1", "no setting alerts.kv"),
        ("alerts = 1", "alerts must be a table"),
        ("webhooks = 1", "webhooks must be tables"),
        ("[[webhooks]]\nformat = 'slack'", "webhook 1 has no url"),
        ("[[webhooks]]\nurl = 'ftp://x/topsecret'", "webhook 1 is not used"),
        ("[[webhooks]]\nurl = 'https://[topsecret'", "webhook 1 is not used"),
    ],
)
def test_mistakes_are_named(path, caplog, text, said):
    """A mistake is named in one warning and the default kept; a webhook's address is never shown."""
    path.write_text(text)
    assert load(path) == Settings()
    assert len(caplog.records) == 1
    assert said in caplog.text
    assert str(path) in caplog.text
    assert "topsecret" not in caplog.text


def test_mistakes_in_a_webhook(path, caplog):
    """A webhook with an unknown format or setting is used all the same."""
    path.write_text(f"[[webhooks]]\nurl = '{SECRET}'\nformat = 'teams'\nretries = 3\n")
    assert load(path).webhooks == (Webhook(SECRET, Format.SLACK),)
    assert "format 'teams' is none of wecom, slack, json" in caplog.text
    assert "webhook 1 has no setting retries" in caplog.text


def test_secrets_that_others_can_read(path, caplog):
    """Webhooks in a file that others can read are pointed out."""
    path.write_text(f"[[webhooks]]\nurl = '{SECRET}'\n")
    path.chmod(0o644)
    assert load(path).webhooks
    assert f"chmod 600 {path}" in caplog.text


def test_not_toml(path):
    """A file that is no TOML is an error that says where."""
    path.write_text("interval_s = \n")
    with pytest.raises(LauncherError, match=r"monitor\.toml is not TOML: .*line 1"):
        load(path)
