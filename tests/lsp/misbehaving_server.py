"""A server whose analysis prints to stdout in every way there is, and fails on the log "fail"."""

from __future__ import annotations

import os
import subprocess
import sys

from qwen_lsp import server
from qwen_lsp.analysis import Analyzer, DiagnoseRequest, ProgressSink
from qwen_lsp.backend import ChatBackend
from qwen_lsp.model import Diagnosis
from qwen_lsp.session import Documents

_NO_MESSAGE = "Content-Length: 4\r\n\r\nspam"
"""A client skips lines that are no headers, but chokes on this."""


class _Misbehaving(Analyzer):
    def locate(self, request: DiagnoseRequest) -> Diagnosis:
        print(_NO_MESSAGE, flush=True)  # noqa: T201
        sys.__stdout__.write(_NO_MESSAGE)  # type: ignore[union-attr]
        sys.__stdout__.flush()  # type: ignore[union-attr]
        os.write(1, _NO_MESSAGE.encode())
        child = [sys.executable, "-c", f"import sys; print({_NO_MESSAGE!r}); sys.stdin.read()"]
        subprocess.run(child, check=True, timeout=10)
        if request.log == "fail":
            message = "the analysis has a bug"
            raise ZeroDivisionError(message)
        return super().locate(request)

    async def explain(self, request: DiagnoseRequest, located: Diagnosis, on_progress: ProgressSink) -> Diagnosis:
        del request, on_progress
        return located


def _make(backend: ChatBackend, documents: Documents) -> Analyzer:
    return _Misbehaving(documents, backend)


if __name__ == "__main__":
    sys.exit(server.serve_stdio(None, _make))
