# Caihong 彩虹. `make` lists what can be done; only Python 3.11+ and make are needed.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ROOMS := kernel ledger people checkin redemption audit web api cli
# Two workers fit the smallest machine we support; any other pytest argument: make test ARGS="-k voucher -x"
WORKERS ?= 2
ARGS ?=
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"
# `make run` and `make test` read CAIHONG_DATABASE_URL and DATABASE_URL from the environment.
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev assets check format test test-all coverage test-tools bench lock catalogue clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## Set up, migrate, load the demo if the database is empty (a minute), serve on 127.0.0.1:$(PORT)
	@exec $(BIN)/caihong serve --migrate --demo --port $(PORT)

setup: $(VENV)/.setup-stamp ## Make .venv with the application and its browser assets
	@$(BIN)/python hatch_build.py

setup-dev: $(VENV)/.dev-stamp ## The same, with the tools for checking and testing
	@$(BIN)/python hatch_build.py

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Caihong needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "This Python has no venv module (Debian: apt install python3-venv)"; rm -rf $(VENV); exit 1; }

# The development set contains the runtime set at the same pins, so either stamp will do for running.
$(VENV)/.setup-stamp: requirements.txt requirements-build.txt pyproject.toml | $(BIN)/python
	@echo "Setting up (once; a minute or two) …"
	@$(PIP) install --require-hashes --no-deps -r requirements.txt -r requirements-build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev-stamp: requirements-dev.txt pyproject.toml | $(BIN)/python
	@echo "Setting up for development (once; a few minutes) …"
	@$(PIP) install --require-hashes --no-deps -r requirements-dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.setup-stamp $@

assets: setup ## Fetch and place browser assets, compile the message catalogues (nothing if up to date)

check: setup-dev ## Format, lint, types, import contracts, house rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -p no:randomly tests/test_house_rules.py

format: setup-dev ## Put every file into the house's format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

test: setup-dev test-tools ## Everything on SQLite, on PostgreSQL and in a real browser
	$(BIN)/pytest -n $(WORKERS) -m "not slow" $(ARGS)

test-all: setup-dev test-tools ## The same with every combination of pages and more examples
	HYPOTHESIS_PROFILE=thorough $(BIN)/pytest -n $(WORKERS) $(ARGS)

coverage: setup-dev test-tools ## Which branches no test reached (htmlcov/)
	$(BIN)/pytest -n $(WORKERS) -m "not slow" --cov --cov-report=html --cov-report=term $(ARGS)

test-tools:
	@.ci/test-tools

bench: setup-dev ## Figures beside their baselines, into bench/RESULTS.md (ARGS="--quick --only posting")
	$(BIN)/python -m bench $(ARGS)

lock: setup-dev ## Pin all dependencies anew: hashes, no hosts
	$(LOCK) --upgrade pyproject.toml --group dev --extra pdf --output-file requirements-dev.txt
	$(LOCK) --constraint requirements-dev.txt pyproject.toml --output-file requirements.txt
	$(LOCK) --constraint requirements-dev.txt --group build --output-file requirements-build.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm install --package-lock-only
	$(BIN)/pytest -q -p no:randomly tests/test_house_rules.py

catalogue: setup-dev ## Collect the pages' sentences into the message catalogues
	$(BIN)/python -m web.catalogue
	@$(BIN)/python hatch_build.py

clean: ## Remove what was built; the database in data/ stays
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis htmlcov \
		test-results .coverage .coverage.* web/static/vendor tests/vendor *.egg-info
	find $(ROOMS) migrations tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find web -name '*.mo' -delete
