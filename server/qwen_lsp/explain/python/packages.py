"""Modules that bear another name than the package that brings them, or that are no longer part of Python.

Distribution names as on pypi.org in 2026.
"""

from __future__ import annotations

DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "Cryptodome": "pycryptodomex",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyOpenSSL",
    "PIL": "Pillow",
    "OpenGL": "PyOpenGL",
    "Xlib": "python-xlib",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "bson": "pymongo",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "decouple": "python-decouple",
    "discord": "discord.py",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "faiss": "faiss-cpu",
    "fitz": "PyMuPDF",
    "git": "GitPython",
    "github": "PyGithub",
    "gi": "PyGObject",
    "googleapiclient": "google-api-python-client",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "kafka": "kafka-python",
    "ldap": "python-ldap",
    "magic": "python-magic",
    "markdown": "Markdown",
    "memcache": "python-memcached",
    "mpl_toolkits": "matplotlib",
    "multipart": "python-multipart",
    "nacl": "PyNaCl",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "pylab": "matplotlib",
    "pythoncom": "pywin32",
    "pywintypes": "pywin32",
    "rest_framework": "djangorestframework",
    "ruamel": "ruamel.yaml",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socks": "PySocks",
    "telegram": "python-telegram-bot",
    "usb": "pyusb",
    "websocket": "websocket-client",
    "win32api": "pywin32",
    "win32com": "pywin32",
    "win32con": "pywin32",
    "wx": "wxPython",
    "yaml": "PyYAML",
    "zmq": "pyzmq",
}
"""Module to distribution, where the names differ."""

SAME_NAME = frozenset(
    {
        "aiohttp",
        "alembic",
        "altair",
        "anthropic",
        "asyncpg",
        "black",
        "boto3",
        "botocore",
        "celery",
        "chromadb",
        "click",
        "cryptography",
    }
    | {
        "dask",
        "django",
        "duckdb",
        "elasticsearch",
        "fastapi",
        "flask",
        "graphviz",
        "gunicorn",
        "h5py",
        "httpx",
        "hypothesis",
        "jinja2",
        "joblib",
    }
    | {
        "jsonschema",
        "keras",
        "lightgbm",
        "loguru",
        "lxml",
        "marshmallow",
        "matplotlib",
        "mypy",
        "networkx",
        "nltk",
        "numba",
    }
    | {
        "numpy",
        "openai",
        "openpyxl",
        "pandas",
        "paramiko",
        "plotly",
        "polars",
        "psutil",
        "psycopg",
        "pyarrow",
        "pydantic",
    }
    | {
        "pygame",
        "pymongo",
        "pymysql",
        "pyodbc",
        "pytest",
        "pytest_asyncio",
        "redis",
        "requests",
        "rich",
        "ruff",
        "scipy",
    }
    | {
        "scrapy",
        "seaborn",
        "selenium",
        "simplejson",
        "six",
        "sqlalchemy",
        "starlette",
        "statsmodels",
        "streamlit",
        "sympy",
    }
    | {
        "tabulate",
        "tensorflow",
        "toml",
        "torch",
        "torchvision",
        "tornado",
        "tqdm",
        "transformers",
        "typer",
        "ujson",
        "uvicorn",
    }
    | {"vllm", "websockets", "werkzeug", "xgboost", "xlsxwriter"}
)
"""Well-known modules whose distribution has the same name (hyphens for underscores)."""

REMOVED = {
    "asynchat": ("3.12", "asyncio"),
    "asyncore": ("3.12", "asyncio"),
    "cgi": ("3.13", "urllib.parse and email.message"),
    "cgitb": ("3.13", "traceback"),
    "crypt": ("3.13", "hashlib, or a package such as bcrypt"),
    "distutils": ("3.12", "setuptools, which brings a copy of it"),
    "imghdr": ("3.13", "a package such as filetype"),
    "imp": ("3.12", "importlib"),
    "nntplib": ("3.13", None),
    "pipes": ("3.13", "subprocess and shlex"),
    "smtpd": ("3.12", "the package aiosmtpd"),
    "telnetlib": ("3.13", "a package such as telnetlib3"),
}
"""Modules that Python dropped: the first version without them and what to use instead (PEP 594, PEP 632)."""

ADDED = {"tomllib": ("3.11", "tomli"), "zoneinfo": ("3.9", "backports.zoneinfo"), "graphlib": ("3.9", None)}
"""Modules that older Pythons lack: the first version with them, and the package that brings them there."""

RENAMED = {
    "ConfigParser": "configparser",
    "Cookie": "http.cookies",
    "HTMLParser": "html.parser",
    "Queue": "queue",
    "SocketServer": "socketserver",
    "StringIO": "io",
    "Tkinter": "tkinter",
    "__builtin__": "builtins",
    "cPickle": "pickle",
    "cStringIO": "io",
    "cookielib": "http.cookiejar",
    "httplib": "http.client",
    "tkMessageBox": "tkinter.messagebox",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
}
"""Python 2's modules and what they are called in Python 3."""
