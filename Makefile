# One word a chore. Each target does its own set-up; nothing has to be run before.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run
DEV := $(VENV)/.dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help demo test test-train check format benchmark train-env lock clean

help:  ## what there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(RUN)  ## scan real footage and say where the page is
	@$(BIN)/python demo/run.py

test: $(DEV)  ## all tests, the slow ones too
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(DEV) node_modules/.check  ## lint, strict types, import rules, formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@npx --no-install tsc --noEmit -p tsconfig.json
	@npx --no-install tsc --noEmit -p training/evaluation/page/tsconfig.json

format: $(DEV)  ## put the code into form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

train-env: .venv-train/.ready  ## the environment for training and export, in .venv-train

.venv-train/.ready: training/make_env.sh training/requirements.txt training/requirements-nodeps.txt
	@echo "installing the training environment into .venv-train"
	@PYTHON=$(PYTHON) training/make_env.sh .venv-train
	@touch $@

test-train: train-env  ## the tests that need the training environment
	@.venv-train/bin/python -m pytest -m train

benchmark: train-env  ## every benchmark, against a peer in the same run
	@.venv-train/bin/python -m benchmarks.detect
	@.venv-train/bin/python -m benchmarks.scan
	@.venv-train/bin/python -m benchmarks.slices
	@.venv-train/bin/python -m benchmarks.parts
	@.venv-train/bin/python -m benchmarks.view_guard
	@for name in parking queue negatives traffic_camera; do \
		.venv-train/bin/python -m benchmarks.events.$$name \
			--out benchmarks/results/events/$$name.json || exit 1; \
	done
	@.venv-train/bin/python -m benchmarks.cameras
	@.venv-train/bin/python -m benchmarks.cameras.soak

lock: $(DEV)  ## write the lock files anew from pyproject.toml
	@$(PIP) install uv
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml -o requirements/run.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		--extra test --extra check -c requirements/run.lock pyproject.toml -o requirements/dev.lock

clean:  ## remove environments, caches and demo results
	rm -rf $(VENV) .venv-train .cache node_modules demo-out build *.egg-info \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Streetwarden needs Python 3.11 or later; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "cannot make $(VENV); on Debian install python3-venv"; exit 1; }

$(RUN): requirements/run.lock pyproject.toml | $(BIN)/python
	@echo "installing the run-time into $(VENV)"
	@$(PIP) install --require-hashes -r requirements/run.lock
	@$(PIP) install --no-deps -e .
	@scripts/system-packages.sh $(BIN)/python
	@touch $@

$(DEV): requirements/dev.lock $(RUN)
	@echo "installing the test tools into $(VENV)"
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@scripts/test-packages.sh
	@touch $@

node_modules/.check: package.json package-lock.json
	@command -v npm >/dev/null || { echo "make check needs Node.js 20 or later with npm"; exit 1; }
	@npm ci --silent --no-audit --no-fund
	@touch $@
