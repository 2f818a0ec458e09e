# Everything a newcomer needs: `make demo` and `make test`. Both set up what they need and are safe to run again.
# The first that runs and suits: vLLM has wheels for Python up to 3.13. (A name on PATH may be a version manager's shim.)
PYTHON ?= $(shell for python in python3 python3.12 python3.11 python3.13; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test test-fast check bench pictures vsix docs clean
.DELETE_ON_ERROR:

demo: $(VENV)/.installed
	$(BIN)/qwen-launcher start
	$(BIN)/python -m docs.demo

# First what can share the cores, then what needs them: the model, real editors, and all that watches a clock.
test: $(VENV)/.installed-dev check
	$(BIN)/qwen-launcher pull
	$(BIN)/python -m pytest tests/unit --numprocesses 2 --dist worksteal
	$(BIN)/python -m pytest --ignore tests/unit -m "not model and not slow" --numprocesses 2 --dist worksteal
	$(BIN)/python -m pytest --ignore tests/unit -m "model or slow" --durations 30 --durations-min 5

# For daily work: each feature's main path without a model, in two processes: under a minute on two cores.
# It ends with the tests that took over three seconds: on a quiet machine such a test wants the mark `slow`.
test-fast: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m "not model and not slow" --numprocesses 2 --dist worksteal --durations 10 --durations-min 3

check: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev
	$(BIN)/qwen-launcher start
	$(BIN)/python -m bench.fix_rate
	$(BIN)/python -m bench.engine_speed
	$(BIN)/python -m bench.regions
	$(BIN)/python -m bench.review --no-model
	$(BIN)/python -m bench.startup
	$(BIN)/python -m bench.activation
	$(BIN)/python -m bench.first_diagnostic
	$(BIN)/python -m bench.logs

# The pictures of the docs, taken from real VS Code.
pictures: $(VENV)/.installed-dev
	QWEN_LSP_PICTURES=1 $(BIN)/python -m pytest tests/editors/vscode/test_panel.py tests/editors/vscode/test_real_model.py

# The VS Code extension, with the server inside, which it can install where there is none: vscode-extension/dist/qwen-lsp.vsix
vsix: $(VENV)/.installed-dev
	rm -f vscode-extension/dist/*.whl
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir vscode-extension/dist .
	cd vscode-extension && PATH="$(CURDIR)/$(BIN):$$PATH" && npm ci --ignore-scripts --no-audit --no-fund && npm run package

$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "qwen-lsp needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@# Where PYTHONDONTWRITEBYTECODE is set, as in many containers, each start would compile the sources.
	$(BIN)/python -m compileall -q server launcher
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
