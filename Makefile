# Two commands matter: `make run` starts everything, `make test` checks everything.
# Both make their own environment in .venv. Extra words for the command behind a target: make test ARGS="-k vote"

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --no-input
WORKERS ?= 2
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench drills lock clean

help:
	@echo 'make run     start everything, and load the demo if the database is empty'
	@echo 'make test    every test'
	@echo 'make lint    ruff, mypy and the import contract'
	@echo 'make format  let ruff lay the code out'
	@echo 'make bench   the figures of the README'
	@echo 'make drills  the long checks; reports are kept under var/drills'
	@echo 'make lock    solve the dependencies again (UPGRADE=1 takes newer ones)'
	@echo 'make clean   remove .venv and everything built; the data under var/ stay'

run: $(VENV)/.installed
	@exec $(BIN)/bjc up $(ARGS)

test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m bench $(ARGS)

drills: $(VENV)/.installed-dev
	@mkdir -p var/drills
	@$(BIN)/python -m pytest tests/drills -o python_files='drill_*.py' -o timeout=0 \
	  --junitxml=var/drills/$$(date -u +%Y%m%dT%H%M%SZ).xml $(ARGS)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	find bjc flows notifications tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The environment. A stamp file is newer than what it was made from, so a second start installs nothing.

ifneq ($(shell $(BIN)/python -c '' 2>/dev/null && cat $(VENV)/.made 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/.made  # the checkout was moved, or the Python it was made from is gone
endif

$(VENV)/.made:
	@if test -e $@ || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  found=; \
	  for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	    $$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	      && found=$$python && break; \
	  done; \
	  test -n "$$found" || { echo 'bjc needs Python 3.11 or newer, with its venv module (on Debian: apt install python3-venv). None was found; if you have one, name it: make run PYTHON=/path/to/python' >&2; exit 1; }; \
	  $$found -m venv --clear $(VENV) || exit 1; \
	fi
	@echo '$(CURDIR)' > $@

$(VENV)/.installed: $(VENV)/.made requirements.lock pyproject.toml
	@echo 'Installing the locked dependencies into $(VENV); the first time takes a minute or two.'
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made requirements.lock requirements-dev.lock pyproject.toml
	@echo 'Installing the locked dependencies and the test tools into $(VENV); the first time takes a minute or two.'
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $(VENV)/.installed $@

# The locks hold for every platform and every Python from 3.11 on, and name no registry.

COMPILE = build/lock/bin/uv pip compile pyproject.toml --no-config --quiet --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' \
  $(if $(UPGRADE),--upgrade) --extra build

lock: build/lock/bin/uv
	@$(COMPILE) --output-file requirements.lock
	@$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	@echo 'Wrote requirements.lock and requirements-dev.lock.'

build/lock/bin/uv: $(VENV)/.made
	@$(BIN)/python -m venv build/lock
	@build/lock/bin/python -m pip --disable-pip-version-check install -qq uv
