"""Maps what failure logs name to files of the workspace; the only layer that reads project files."""

from qwen_lsp.workspace.documents import DiskDocuments
from qwen_lsp.workspace.listing import files_ending
from qwen_lsp.workspace.locate import locate
from qwen_lsp.workspace.mentions import Mention, mentions
from qwen_lsp.workspace.writing import WriteError, content_of, write_texts

__all__ = ["DiskDocuments", "Mention", "WriteError", "content_of", "files_ending", "locate", "mentions", "write_texts"]
