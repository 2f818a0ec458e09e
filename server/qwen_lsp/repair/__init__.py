"""Finding a fix: the model's own draft, and many small guesses, each judged by running the failed command with it."""

from qwen_lsp.repair.drafting import Draft, Drafter, cause_of, title_of
from qwen_lsp.repair.expecting import is_expected
from qwen_lsp.repair.guesses import Guess
from qwen_lsp.repair.question import NothingToAskError, Question, question_about
from qwen_lsp.repair.ranking import is_doubtful
from qwen_lsp.repair.redrafting import Redrafter
from qwen_lsp.repair.search import Searcher
from qwen_lsp.repair.shrinking import smallest
from qwen_lsp.repair.trial import Trial

__all__ = [
    "Draft",
    "Drafter",
    "Guess",
    "NothingToAskError",
    "Question",
    "Redrafter",
    "Searcher",
    "Trial",
    "cause_of",
    "is_doubtful",
    "is_expected",
    "question_about",
    "smallest",
    "title_of",
]
