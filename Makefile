# `make demo` and `make test` are all that a fresh machine needs: Python 3.11 or newer with venv, and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test lint coverage bench lock clean

help: ## say what the targets do
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

install: $(STAMP) ## make .venv with the versions of requirements.lock

# Made anew whenever the lock or the project file is newer than the last installation.
$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not on this machine; Python 3.11 or newer is needed." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is `$(PYTHON) --version 2>&1`; Python 3.11 or newer is needed." \
	       "Name another one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 \
	  || $(PYTHON) -m venv --clear $(VENV) \
	  || { echo "$(PYTHON) cannot make $(VENV); install its venv module (Debian: apt-get install python3-venv)." >&2; exit 1; }
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## run the headline comparison and write results/demo/
	$(BIN)/ankomst demo

test: $(STAMP) ## run all tests, on all cores; PYTEST_ARGS="-n 0 -x" and the like are put behind
	$(BIN)/pytest -n logical --dist worksteal $(PYTEST_ARGS)

lint: $(STAMP) ## check style, types and the order of the layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

coverage: $(STAMP) ## run all tests traced, the month as plain Python too: half an hour; fails below 90 %
	NUMBA_DISABLE_JIT=1 $(BIN)/pytest -q -n 2 --dist worksteal -m "not compiled" tests/simulation --cov=ankomst --cov-report=
	$(BIN)/pytest -q -n 2 --dist worksteal --cov=ankomst --cov-append --cov-fail-under=90

bench: $(STAMP) ## measure speed against the plain twin and the bare draws
	$(BIN)/python tests/benchmarks/bench.py $(BENCH_ARGS)

# One file for every supported Python and system: markers stand where they differ. Versions that still fit stay as they
# are; to take newer ones: make lock LOCK_ARGS=--upgrade
lock: ## write requirements.lock anew, with hashes: after a change of dependencies in pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --disable-pip-version-check --quiet uv
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --extra all --extra dev --generate-hashes \
	  --no-annotate --no-strip-extras --custom-compile-command "make lock" --output-file requirements.lock $(LOCK_ARGS) pyproject.toml
	rm -rf $(VENV)-lock

clean: ## remove .venv, caches and built files; results stay
	rm -rf $(VENV) $(VENV)-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage dist build
	find model tests -name __pycache__ -type d -prune -exec rm -rf {} +
