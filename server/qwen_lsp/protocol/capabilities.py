"""What the client can do, as far as this server behaves differently for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability


@dataclass(frozen=True, slots=True)
class ClientFeatures:
    """One field for each choice that depends on the client; all False for a client that declares nothing."""

    pulls_diagnostics: bool
    related_information: bool
    lazy_edits: bool
    disabled_actions: bool
    document_changes: bool
    change_annotations: bool
    created_progress: bool
    registered_watchers: bool
    workspace_folders: bool
    backend_states: bool


def client_features(capabilities: types.ClientCapabilities) -> ClientFeatures:
    """Return the choices for this client (LSP 3.17, "ClientCapabilities")."""

    def has(path: str) -> bool:
        return bool(get_capability(capabilities, path, False))

    resolvable = get_capability(capabilities, "text_document.code_action.resolve_support.properties", ()) or ()
    return ClientFeatures(
        # Pulling without refresh would show the model's answer only at the next keystroke.
        pulls_diagnostics=capabilities.text_document is not None
        and capabilities.text_document.diagnostic is not None
        and has("workspace.diagnostics.refresh_support"),
        related_information=has("text_document.publish_diagnostics.related_information")
        or has("text_document.diagnostic.related_information"),
        lazy_edits="edit" in resolvable and has("text_document.code_action.data_support"),
        disabled_actions=has("text_document.code_action.disabled_support"),
        document_changes=has("workspace.workspace_edit.document_changes"),
        change_annotations=get_capability(capabilities, "workspace.workspace_edit.change_annotation_support", None)
        is not None,
        created_progress=has("window.work_done_progress"),
        registered_watchers=has("workspace.did_change_watched_files.dynamic_registration"),
        workspace_folders=has("workspace.workspace_folders"),
        # Ours, where LSP leaves room for it: other clients complain of a notification that they do not know.
        backend_states=_experimental(capabilities).get("qwenBackendState") is True,
    )


def _experimental(capabilities: types.ClientCapabilities) -> Mapping[str, Any]:
    declared = capabilities.experimental
    return declared if isinstance(declared, Mapping) else getattr(declared, "__dict__", {})
