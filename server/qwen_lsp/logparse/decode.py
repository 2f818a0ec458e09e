"""Bytes of a log to text."""

from __future__ import annotations

import codecs

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # UTF-32 LE begins with the bytes of the UTF-16 LE mark: it must be looked for first.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 4096
_REMEDY = "save the log as UTF-8 to see every character"


def decode_log(raw: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text of ``raw`` and, for the user, what was wrong with it.

    UTF-8 is taken unless a byte order mark says otherwise, or the NUL bytes of ASCII letters in UTF-16 do
    (redirected output of Windows PowerShell). Bytes that fit no encoding become U+FFFD.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _decode(raw[len(mark) :], encoding)
    sample = raw[:_SAMPLE_BYTES]
    nul_count = sample.count(0)
    if nul_count * 3 > len(sample):
        low, high = sample[::2].count(0), sample[1::2].count(0)
        if max(low, high) > 9 * min(low, high):
            return _decode(raw, "utf-16-le" if high > low else "utf-16-be")
    text, problems = _decode(raw, "utf-8")
    if nul_count:
        problems = (*problems, "The log holds binary data (NUL bytes); only its readable lines were used.")
    return text, problems


def _decode(raw: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    try:
        return raw.decode(encoding), ()
    except UnicodeDecodeError:
        text = raw.decode(encoding, errors="replace")
        name = encoding.upper().removesuffix("-LE").removesuffix("-BE")
        unread = text.count("\N{REPLACEMENT CHARACTER}")
        return text, (f"The log is not valid {name}: {unread} character(s) could not be read; {_REMEDY}.",)
