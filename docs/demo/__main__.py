"""The main job, end to end: a failing test goes in through the language server, a fix comes out and is proven.

What happens here is what an editor does: start ``qwen-lsp --stdio``, send ``qwen/diagnose``, show the published
diagnostics, ask for code actions, resolve one, apply its edit.
"""

from __future__ import annotations

import asyncio
import difflib
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path, to_fs_path

from qwen_lsp.text import split_lines

SHOP = Path(__file__).with_name("shop")
COMMAND = [sys.executable, "-B", "-m", "unittest"]
PROGRESS_ID = "diagnosis"
PROGRESS_PAUSE_S = 5.0
CAPABILITIES = types.ClientCapabilities(
    workspace=types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
    )
)


def heading(words: str) -> None:
    """Print the title of a step."""
    print(f"\n--- {words} ---", flush=True)


def run_tests(folder: Path) -> subprocess.CompletedProcess[str]:
    """Return the outcome of the shop's tests."""
    return subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


class Editor(LanguageClient):
    """As much of an editor as the demonstration needs: it keeps what the server publishes."""

    def __init__(self) -> None:
        super().__init__("qwen-lsp-demo", "1")
        self.started = time.perf_counter()
        self.published: dict[str, list[types.Diagnostic]] = {}
        self.shown_s = 0.0

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def on_published(params: types.PublishDiagnosticsParams) -> None:
            self.published[params.uri] = list(params.diagnostics)
            for diagnostic in params.diagnostics:
                self.show(params.uri, diagnostic)

        @self.feature(types.PROGRESS)
        def on_progress(params: types.ProgressParams) -> None:
            now_s = time.perf_counter()
            if isinstance(params.value, dict) and "message" in params.value and now_s - self.shown_s > PROGRESS_PAUSE_S:
                self.shown_s = now_s
                print(f"after {now_s - self.started:6.2f} s  ... {params.value['message']}", flush=True)

    def show(self, uri: str, diagnostic: types.Diagnostic) -> None:
        """Print one diagnostic as it arrives."""
        seconds = time.perf_counter() - self.started
        place = f"{Path(to_fs_path(uri) or uri).name}:{diagnostic.range.start.line + 1}"
        print(f"after {seconds:6.2f} s  {diagnostic.code}  {place}\n    {diagnostic.message}", flush=True)

    def root_cause(self) -> tuple[str, types.Diagnostic] | None:
        """Return the document and diagnostic of the root cause, if the server has found one."""
        return next(
            ((uri, one) for uri, all_of_it in self.published.items() for one in all_of_it if one.code == "root-cause"),
            None,
        )


async def diagnose(folder: Path, log: str) -> bool:
    """Drive the language server as an editor would; return whether a fix was applied."""
    editor = Editor()
    await editor.start_io(sys.executable, "-m", "qwen_lsp", "--stdio")
    root = from_fs_path(str(folder)) or ""
    await editor.initialize_async(types.InitializeParams(capabilities=CAPABILITIES, root_uri=root, process_id=None))
    editor.initialized(types.InitializedParams())
    heading("diagnostics, as the language server publishes them")
    editor.started = editor.shown_s = time.perf_counter()
    question = {"log": log, "cwd": str(folder), "workDoneToken": PROGRESS_ID}
    await editor.protocol.send_request_async("qwen/diagnose", question)
    found = editor.root_cause()
    applied = False
    if found is not None:
        uri, diagnostic = found
        context = types.CodeActionContext(diagnostics=[diagnostic], only=[types.CodeActionKind.QuickFix])
        document = types.TextDocumentIdentifier(uri)
        offered = await editor.text_document_code_action_async(
            types.CodeActionParams(document, diagnostic.range, context)
        )
        actions = [one for one in offered or [] if isinstance(one, types.CodeAction)]
        if actions:
            heading(f"quick fix: {actions[0].title}")
            action = actions[0] if actions[0].edit else await editor.code_action_resolve_async(actions[0])
            applied = apply(action.edit)
    await editor.shutdown_async(None)
    editor.exit(None)
    await editor.stop()
    return applied


def apply(edit: types.WorkspaceEdit | None) -> bool:
    """Apply a workspace edit to the files and print what it changed; the shop is ASCII, so units do not matter."""
    changes = [one for one in (edit.document_changes or ()) if isinstance(one, types.TextDocumentEdit)] if edit else []
    for change in changes:
        path = Path(to_fs_path(change.text_document.uri) or "")
        before = path.read_text(encoding="utf-8")
        starts = [0]
        for line in split_lines(before):
            starts.append(starts[-1] + len(line))
        after = before
        for one in sorted(change.edits, key=lambda each: each.range.start.line, reverse=True):
            start = starts[one.range.start.line] + one.range.start.character
            end = starts[one.range.end.line] + one.range.end.character
            after = after[:start] + one.new_text + after[end:]
        path.write_text(after, encoding="utf-8")
        diff = difflib.unified_diff(split_lines(before), split_lines(after), f"a/{path.name}", f"b/{path.name}")
        print("".join(diff), end="")
    return bool(changes)


def main() -> int:
    """Run the demonstration and return 0 when the fixed program passes."""
    with tempfile.TemporaryDirectory(dir=Path(tempfile.gettempdir()).resolve(), prefix="qwen-lsp-demo-") as scratch:
        folder = Path(scratch) / "shop"
        shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns("__pycache__"))
        heading("a failing test: python -m unittest")
        failed = run_tests(folder)
        print(failed.stderr.strip())
        if not asyncio.run(diagnose(folder, failed.stderr)):
            print("\nNo fix was offered; see the messages above.", file=sys.stderr)
            return 1
        heading("the same command again")
        fixed = run_tests(folder)
        print(fixed.stderr.strip())
        print("\nrerun passes" if fixed.returncode == 0 else "\nrerun still fails")
        return fixed.returncode


if __name__ == "__main__":
    sys.exit(main())
