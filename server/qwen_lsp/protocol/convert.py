"""Findings to diagnostics, fixes to workspace edits."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types
from pygls.workspace import PositionCodec

from qwen_lsp.model import CheckedFix, Severity, TextEdit
from qwen_lsp.protocol.capabilities import ClientFeatures
from qwen_lsp.protocol.plain import plain
from qwen_lsp.protocol.positions import to_client_range, uri_of
from qwen_lsp.session import Finding, Session

SOURCE = "qwen"

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
}
_ANNOTATION = "qwen-fix"


class Converter:
    """Speaks to one client: its position encoding, what it can show, and its own spelling of URIs."""

    def __init__(self, session: Session, codec: PositionCodec, features: ClientFeatures) -> None:
        self._session = session
        self._codec = codec
        self._features = features

    def uri(self, path: Path) -> str:
        """Return the URI of a file, spelled as the client spells it when the file is open."""
        document = self._session.documents.at(path)
        return uri_of(path) if document is None else document.uri

    def diagnostic(self, finding: Finding) -> types.Diagnostic:
        """Return a finding of the board as the client shows it."""
        board = self._session.board
        related = None
        if self._features.related_information and finding.related:
            related = [
                types.DiagnosticRelatedInformation(
                    location=types.Location(
                        self.uri(one.path), to_client_range(one.range, board.snapshot(one.path), self._codec)
                    ),
                    message=one.message,
                )
                for one in finding.related
            ]
        return types.Diagnostic(
            range=to_client_range(finding.range, board.snapshot(finding.path), self._codec),
            message=finding.message,
            severity=_SEVERITIES[finding.severity],
            code=finding.code,
            source=SOURCE,
            related_information=related,
        )

    def workspace_edit(self, fix: CheckedFix, looking_at: Path | None) -> types.WorkspaceEdit:
        """Return the edits of a fix that is known to be fresh, for the documents' present versions.

        The client is asked to let the user confirm what he cannot see happen: an edit of another file than the one
        he is ``looking_at``, and a fix that only hides the error.
        """
        by_path: dict[Path, list[TextEdit]] = {}
        for edit in fix.edits:
            by_path.setdefault(edit.path, []).append(edit)
        if not self._features.document_changes:
            return types.WorkspaceEdit(
                changes={self.uri(path): [self._text_edit(edit) for edit in edits] for path, edits in by_path.items()}
            )
        annotations = None
        if self._features.change_annotations:
            unseen = fix.hides_error or any(path != looking_at for path in by_path)
            annotations = {_ANNOTATION: types.ChangeAnnotation(label=plain(fix.title), needs_confirmation=unseen)}
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(
                    text_document=types.OptionalVersionedTextDocumentIdentifier(self.uri(path), self._version(path)),
                    edits=[self._annotated(edit) if annotations else self._text_edit(edit) for edit in edits],
                )
                for path, edits in by_path.items()
            ],
            change_annotations=annotations,
        )

    def _version(self, path: Path) -> int | None:
        document = self._session.documents.at(path)
        return None if document is None else document.version

    def _text_edit(self, edit: TextEdit) -> types.TextEdit:
        return types.TextEdit(self._range(edit), edit.new_text)

    def _annotated(self, edit: TextEdit) -> types.AnnotatedTextEdit:
        return types.AnnotatedTextEdit(annotation_id=_ANNOTATION, range=self._range(edit), new_text=edit.new_text)

    def _range(self, edit: TextEdit) -> types.Range:
        return to_client_range(edit.range, self._session.documents.read(edit.path), self._codec)
