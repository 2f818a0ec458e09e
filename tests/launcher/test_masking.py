"""What is taken out of a report, and what must stay readable."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qwen_launcher.care.masking import HOME, MASK, USER, Masker, hosts_only, is_secret_name

# What keys and tokens are made of: RFC 6750 section 2.1 (b64token).
TOKENS = st.text("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789-_", min_size=16, max_size=64).filter(
    lambda token: any(letter.isdigit() for letter in token) and any(letter.isalpha() for letter in token)
)
PROSE = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=60)
FORMS = (
    "Authorization: Bearer {}",
    "authorization: Basic {}",
    "{{'Authorization': 'Token {}'}}",
    '"Proxy-Authorization": "{}"',
    "curl -H 'Authorization: Bearer {}' http://127.0.0.1:8000/v1",
    "the header said Bearer {}",
    "X-Api-Key: {}",
    "Cookie: session={}; other=1",
    "VLLM_API_KEY={}",
    "export HF_TOKEN='{}'",
    '{{"api_key": "{}", "model": "m"}}',
    "non-default args: {{'api_key': ['first', '{}'], 'port': 8000}}",
    "api_key=SecretStr('{}')",
    "--api-key {} --port 8000",
    "--api-key={}",
    "['--api-key', '{}', '--port']",
    "password: {}",
    "clientSecret = {}",
    "https://user:{}@host.example/simple",
    "https://{}@host.example/simple/torch/",
    "http://proxy:{}@host.example:3128",
    "https://host.example/{}/simple/",
    "https://host.example/get?key={}&x=1",
    "https://host.example/get?x=1#access={}",
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={}",
    "https://hooks.slack.com/services/T0/B0/{}",
    "https://host.example/hook/{}",
    "webhook_url: {}",
    "token hf_{}",
    "sk-{}",
    "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
)
NAMES = st.sampled_from(
    ["MY_API_KEY", "HF_TOKEN", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "SLACK_WEBHOOK_URL", "NPM_AUTH"]
)


@given(st.sampled_from(FORMS), TOKENS, PROSE, PROSE)
def test_no_planted_secret_survives(form, token, before, after):
    """A secret that nobody told of goes by the form around it, whatever stands before and after."""
    text = f"{before}\n{form.format(token)}\n{after}"
    assume(token not in before + after)
    assert token not in Masker().mask(text)


@given(NAMES, st.text(min_size=6, max_size=40), PROSE, PROSE, st.sampled_from(["", " ", "/", "=", "x"]))
def test_no_known_secret_survives(name, secret, before, after, glue):
    """What a variable's name says is secret goes wherever it stands: as it is, in a URL, in JSON, in Python."""
    secret = secret.strip()
    assume(len(secret) >= 6)
    assume(not any(secret in word for word in (MASK, USER, HOME, before + glue, after)))
    masker = Masker.of_user({name: secret})
    for written in (secret, quote(secret, safe=""), json.dumps(secret), repr(secret)):
        masked = masker.mask(f"{before}{glue}{written}{glue}{after}")
        assume(written in before + glue + written + glue + after)
        assert secret not in masked
        assert written.strip("'\"") not in masked


@given(TOKENS, st.sampled_from(["https://{}:{}@host.example/simple", "http://{}:{}@127.0.0.1:3128"]))
def test_password_of_a_proxy(token, form):
    """A password in a variable's URL goes wherever it stands, the variable's name says nothing."""
    masker = Masker.of_user({"https_proxy": form.format("someone", token)})
    assert token not in masker.mask(f"proxy refused {token} twice")


@given(
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12), PROSE, st.sampled_from(["/", ":", " ", "\n", "@"])
)
def test_names_go(name, around, end):
    """Home folders and login names go, also other people's homes."""
    assume(name not in around + "home user masked")
    masker = Masker(homes=frozenset({f"/srv/{name}"}), users=frozenset({name}))
    text = f"{around} /srv/{name}/x '{name}' /home/{name}{end} file:///home/{name}/y {name}@host"
    assert name not in masker.mask(text)
    assert "someone" not in Masker().mask("/home/someone/x and /Users/someone")


def test_user_and_home_of_this_process(monkeypatch, tmp_path):
    """The present user's home becomes ~, and their login name goes."""
    monkeypatch.setenv("HOME", str(tmp_path))
    masker = Masker.of_user({"HOME": str(tmp_path), "USER": "ada"})
    assert masker.mask(f"{tmp_path}/.cache by ada (adamant)") == "~/.cache by [user] (adamant)"
    assert "root cause" in Masker.of_user({"USER": "root"}).mask("root cause")


def test_key_file(tmp_path):
    """The engine's key goes wherever it stands; a missing file is none."""
    key = tmp_path / "api_key"
    key.write_text("abcdefghijkl\n")
    masker = Masker.of_user({}, [key, Path("/nowhere/api_key")])
    assert masker.mask("<abcdefghijkl>") == f"<{MASK}>"


@pytest.mark.parametrize(
    "text",
    [
        "ValueError: To serve at least one request with the model's max seq len (16384), 0.44 GiB KV cache is needed",
        "model=/models/qwen2.5-coder-1.5b, max_tokens=16, api_key_path=/run/x, http://127.0.0.1:8123/v1",
        "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl",
        "sha256 cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        "VLLM_CPU_KVCACHE_SPACE=2 TOKENIZERS_PARALLELISM=false",
        "RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB",
    ],
)
def test_stays_readable(text):
    """What a developer needs is left as it is."""
    assert Masker().mask(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://u:p@host.example/t0ken/simple", "https://host.example/[masked]"),
        ("a https://host.example b", "a https://host.example b"),
        ("file:///opt/x /opt/y", "file:///[masked] /opt/y"),
    ],
)
def test_hosts_only(text, expected):
    """Of a package index only its host is shown."""
    assert hosts_only(text) == expected


@pytest.mark.parametrize(
    ("name", "secret"),
    [("VLLM_API_KEY", True), ("HF_TOKEN", True), ("PIP_INDEX_URL", False), ("TOKENIZERS_PARALLELISM", False)],
)
def test_secret_names(name, secret):
    """A variable's name tells whether its value is shown at all."""
    assert is_secret_name(name) is secret
