# tokenbooks: every habit of the project is one word. `make` alone lists them.
# Plain recipes only, so that GNU make 3.81 (macOS) and 4.x read it alike.

BOOKS ?= ./books
VENV := .venv
PYTHON := $(VENV)/bin/python
LOCK := requirements.lock
PYTEST := $(PYTHON) -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup run test test-fast lint format bench lock clean

help: ## this list
	@echo "tokenbooks: make <target>"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{printf "%-14s %s\n", $$1, $$2}'
	@echo
	@echo "BOOKS=path chooses another books directory; EXIT_WHEN_PUBLISHED=1 make run ends by itself."

# Rebuilt from nothing when the lock changed, the clone moved or an earlier try broke off; else costs a few milliseconds.
# Compiled at once, on every core: where PYTHONDONTWRITEBYTECODE is set (as it is in many containers), Python would
# compile all it imports again in every process, three times slower. (Some packages carry files that do not compile.)
setup: ## .venv from the pinned, hash-checked lock (skipped when current)
	@set -e; \
	key="$$(pwd) $$(cksum < $(LOCK))"; \
	if [ "$$(cat $(VENV)/.lock 2>/dev/null)" != "$$key" ] || ! $(PYTHON) -c '' 2>/dev/null; then \
	  for name in $(if $(BASE_PYTHON),"$(BASE_PYTHON)",python3.13 python3.12 python3.11 python3 python); do \
	    if "$$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; \
	    then base="$$name"; break; fi; \
	  done; \
	  if [ -z "$$base" ]; then \
	    echo "setup: no Python 3.11, 3.12 or 3.13 with the venv module on PATH. Install one (Debian: python3 python3-venv)," \
	      "or name it: make setup BASE_PYTHON=/path/to/python3.12" >&2; exit 1; \
	  fi; \
	  echo "Installing the pinned packages into $(VENV) with $$("$$base" --version) (a minute or two, 1 GB) ..."; \
	  rm -rf $(VENV); "$$base" -m venv $(VENV); \
	  if command -v uv >/dev/null 2>&1; then \
	    uv pip install -q --python $(PYTHON) --no-deps --require-hashes -r $(LOCK); \
	  else \
	    $(PYTHON) -m pip install -qq --disable-pip-version-check --no-compile --no-deps --require-hashes -r $(LOCK); \
	  fi; \
	  $(PYTHON) -m compileall -qq -j 0 -x 'site-packages/.*/tests/' $(VENV)/lib || true; \
	  echo "$$key" > $(VENV)/.lock; \
	fi; \
	if [ "$$(cat $(VENV)/.project 2>/dev/null)" != "$$(cksum < pyproject.toml)" ]; then \
	  $(PYTHON) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	  cksum < pyproject.toml > $(VENV)/.project; \
	fi

run: setup ## sample company, Airflow on loopback, exports in, statement out; Ctrl-C ends it
	@$(PYTHON) -m pipeline up --books "$(BOOKS)" --sample $(if $(EXIT_WHEN_PUBLISHED),--exit-when-published)

# Three workers on two cores, since much of it waits for Airflow; the slow ones begin (tests/conftest.py).
test: lint ## everything CI runs: lint, unit, contract and end-to-end tests
	@$(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder

test-fast: setup ## unit and contract tests without the slow ones
	@$(PYTEST) -n 2 --dist loadfile -m "not slow"

lint: setup ## ruff, sqlfluff, import contracts, types
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m sqlfluff lint -q --processes 2 dbt_project/models dbt_project/tests
	@$(PYTHON) -c 'from importlinter.cli import lint_imports_command as run; run()' --no-logo
	@$(PYTHON) -m mypy

format: setup ## let ruff put the Python in order
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

bench: setup ## the speed figures, side by side (about an hour; BENCH="--scale 0.01" for a quick look)
	@$(PYTHON) -m benchmarks $(BENCH)

lock: ## resolve requirements.lock again from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --upgrade -q -o $(LOCK)

clean: ## remove .venv and caches; books stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
