"""Prompts: templates from files, filled with evidence and code."""

from qwen_lsp.prompting.ask import about_diagnosis, about_selection, ask_prompt, facts_prompt
from qwen_lsp.prompting.evidence import relative_name
from qwen_lsp.prompting.fix import again_prompt, fix_prompt, retry_prompt
from qwen_lsp.prompting.mend import mend_prompt
from qwen_lsp.prompting.quoting import heading
from qwen_lsp.prompting.roles import DEFAULT_ROLE, Role, load_roles, own_roles_folder
from qwen_lsp.prompting.templates import PromptTemplate, TemplateError, load_template
from qwen_lsp.prompting.why import why_prompt

__all__ = [
    "DEFAULT_ROLE",
    "PromptTemplate",
    "Role",
    "TemplateError",
    "about_diagnosis",
    "about_selection",
    "again_prompt",
    "ask_prompt",
    "facts_prompt",
    "fix_prompt",
    "heading",
    "load_roles",
    "load_template",
    "mend_prompt",
    "own_roles_folder",
    "relative_name",
    "retry_prompt",
    "why_prompt",
]
