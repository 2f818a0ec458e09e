"""Prompts: templates from files, filled with evidence and code."""

from qwen_lsp.prompting.fix import fix_prompt, retry_prompt
from qwen_lsp.prompting.templates import PromptTemplate, TemplateError, load_template

__all__ = ["PromptTemplate", "TemplateError", "fix_prompt", "load_template", "retry_prompt"]
