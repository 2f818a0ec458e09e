import pytest

from retry import RetriesExhaustedError
from uploads import Uploader


class FlakyShare:
    def __init__(self, failures):
        self.failures = failures
        self.calls = 0

    def send(self, name, content):
        self.calls += 1
        if self.calls <= self.failures:
            raise ConnectionResetError(f"attempt {self.calls} was reset")
        return len(content)


def test_upload_at_first_attempt():
    delays = []
    assert Uploader(FlakyShare(0).send, delays.append).upload("a.pdf", b"1234") == "a.pdf: 4 bytes"
    assert delays == []


def test_upload_after_two_failures():
    delays = []
    share = FlakyShare(failures=2)
    assert Uploader(share.send, delays.append).upload("a.pdf", b"1234") == "a.pdf: 4 bytes"
    assert delays == [1.0, 2.0]


def test_gives_up():
    with pytest.raises(RetriesExhaustedError):
        Uploader(FlakyShare(9).send, lambda delay: None).upload("a.pdf", b"")
