"""Names that Python programs use so often that what they stand for is known."""

from __future__ import annotations

import importlib

CONSTANTS_ELSEWHERE = {
    "true": "True",
    "false": "False",
    "null": "None",
    "nil": "None",
    "none": "None",
    "undefined": "None",
    "TRUE": "True",
    "FALSE": "False",
    "NULL": "None",
}
"""The constants of JSON, JavaScript, Ruby and C."""

PYTHON_2_NAMES = {
    "xrange": "range",
    "raw_input": "input",
    "unicode": "str",
    "unichr": "chr",
    "basestring": "str",
    "long": "int",
}

USUAL_ALIASES = {
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "sns": "import seaborn as sns",
    "tf": "import tensorflow as tf",
    "nx": "import networkx as nx",
}

IMPORTED_FROM = {
    **dict.fromkeys(("defaultdict", "Counter", "OrderedDict", "deque", "namedtuple", "ChainMap"), "collections"),
    **dict.fromkeys(("Path", "PurePath", "PosixPath"), "pathlib"),
    **dict.fromkeys(("dataclass",), "dataclasses"),
    **dict.fromkeys(("Optional", "Any", "TypeVar", "NamedTuple", "TypedDict", "TYPE_CHECKING"), "typing"),
    **dict.fromkeys(("Enum", "IntEnum", "StrEnum"), "enum"),
    **dict.fromkeys(("partial", "lru_cache", "wraps", "cached_property", "total_ordering"), "functools"),
    **dict.fromkeys(("Decimal", "ROUND_HALF_UP"), "decimal"),
    **dict.fromkeys(("Fraction",), "fractions"),
    **dict.fromkeys(("timedelta",), "datetime"),
    **dict.fromkeys(("ABC", "abstractmethod"), "abc"),
    **dict.fromkeys(("contextmanager", "asynccontextmanager", "suppress", "ExitStack"), "contextlib"),
    **dict.fromkeys(("StringIO", "BytesIO"), "io"),
    **dict.fromkeys(("itemgetter", "attrgetter"), "operator"),
    **dict.fromkeys(("deepcopy",), "copy"),
    **dict.fromkeys(("ThreadPoolExecutor", "ProcessPoolExecutor"), "concurrent.futures"),
    **dict.fromkeys(("SimpleNamespace",), "types"),
    **dict.fromkeys(("ArgumentParser",), "argparse"),
}
"""Names of the standard library that only one of its modules has."""

IMPORTED_WHOLE = frozenset(
    {"argparse", "asyncio", "base64", "bisect", "calendar", "collections", "configparser", "contextlib", "copy", "csv"}
    | {
        "dataclasses",
        "decimal",
        "functools",
        "getpass",
        "glob",
        "gzip",
        "hashlib",
        "heapq",
        "inspect",
        "io",
        "itertools",
    }
    | {"json", "logging", "math", "operator", "os", "pathlib", "pickle", "platform", "random", "re", "secrets", "shlex"}
    | {"shutil", "signal", "socket", "sqlite3", "statistics", "string", "struct", "subprocess", "sys", "tempfile"}
    | {"textwrap", "threading", "time", "traceback", "typing", "uuid", "warnings", "zipfile"}
)
"""Modules of the standard library that programs use by their own name."""

METHODS_ELSEWHERE = {
    "list": {
        "push": "; use `append`",
        "add": "; use `append`",
        "length": "; use `len(...)`",
        "size": "; use `len(...)`",
    },
    "str": {"length": "; use `len(...)`", "trim": "; use `strip`", "toLowerCase": "; use `lower`"}
    | {"toUpperCase": "; use `upper`", "contains": "; use `in`", "includes": "; use `in`"}
    | {"substring": "; use a slice such as `text[1:3]`", "decode": " 3: it is decoded already"},
    "dict": {"has_key": " 3; use `key in ...`", "iteritems": " 3; use `items`", "itervalues": " 3; use `values`"}
    | {"iterkeys": " 3; use `keys`", "length": "; use `len(...)`"},
    "set": {"append": "; use `add`", "push": "; use `add`", "length": "; use `len(...)`"},
    "tuple": {"append": ": it cannot grow", "length": "; use `len(...)`"},
    "bytes": {"encode": " 3: they are encoded already", "format": "; `decode()` makes text of them"},
}
"""What other languages (and Python 2) call a built-in type's methods, and how the sentence goes on that says so."""


def has_all(module: str, attributes: set[str]) -> bool:
    """Return whether a module of the standard library has all of these; others share their names with variables."""
    if module not in IMPORTED_WHOLE:
        return False
    return all(hasattr(importlib.import_module(module), attribute) for attribute in attributes)
