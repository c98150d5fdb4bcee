# Everything that is done with this project, by name. `make` alone prints the list.
.DEFAULT_GOAL := help
.PHONY: help env reports site test test-official test-versions check golden lock clean browser

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made-from
OUT ?= _build
WORKERS ?= 2
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not official_full"
WHOLE := tests/municipality/ tests/notebooks/ tests/site/
MEASURED := --cov --cov-report=term-missing:skip-covered --cov-fail-under=100

help:  ## print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

env: $(STAMP)  ## make the environment in .venv from requirements.lock (python3.11 or later)

$(STAMP): requirements.lock
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "skq needs Python 3.11 or later; found: $(PYTHON)"; exit 2; }
	@echo "Installing the libraries of requirements.lock into $(VENV): a few minutes the first time, and not again until it changes."
	rm -rf $(VENV)
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@$(BIN)/python -m compileall -q -j 0 $(VENV)/lib >/dev/null || true  # on all cores; pip would take one
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

reports: env  ## build every report of the invented municipality in data/demo into _build
	$(BIN)/skq build --data data/demo --out $(OUT)

site: reports  ## build as `reports`, then serve the finished site on http://localhost:8000
	$(BIN)/python -m http.server --directory $(OUT)/site 8000

test: env browser  ## run the whole test suite (WORKERS=2 at once); with COVERAGE=1 every line of the core must run
ifdef COVERAGE
	$(PYTEST) $(MEASURED) $(filter-out $(WHOLE),$(wildcard tests/test_*.py tests/*/))
	$(PYTEST) $(WHOLE)
else
	$(PYTEST)
endif

test-official: env  ## build every school of a real municipality and compare each number with the published one
	$(BIN)/python -m pytest -m official_full

test-versions:  ## compute the demo's numbers with the lowest and the newest permitted libraries; each must print the same
	"$(PYTHON)" .ci/versions.py

browser:
	@.ci/browser

check: env  ## style, types and import contracts; tells everything that fails, not only the first
	@fail=0; \
	$(BIN)/ruff check . || fail=1; \
	$(BIN)/mypy || fail=1; \
	$(BIN)/lint-imports --no-logo || fail=1; \
	exit $$fail

golden: env  ## write the expected messages of tests/faulty and tests/personal anew and show what changed
	$(BIN)/python tests/test_faulty.py
	$(BIN)/python tests/unit/test_validate_personal.py
	git diff --stat -- tests

lock: env  ## pin the newest versions that fit pyproject.toml (needs pip-tools)
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/python .ci/lock.py

clean:  ## remove everything that was generated, the environment excepted
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
