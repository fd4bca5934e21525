# Two commands: `make run`, `make test`. Everything else is for those who stay.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PAYLOADS ?= ../shared/data

.PHONY: run test check ui bench real accuracy clean stop lock lint

run: $(READY)
	@$(BIN)/signals run

real: $(READY)
	@$(BIN)/signals run --replay $(PAYLOADS)

ui: $(READY)
	@$(BIN)/signals ui

# TESTED: a folder whose tests have just run, which CI does not run twice
test: $(READY)
	@$(BIN)/python -m pytest tests $(if $(TESTED),--ignore=$(TESTED))

check: lint
	@$(BIN)/python -m pytest tests/unit

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m signals_pipeline.io.sql_lint
	$(BIN)/python -m signals_pipeline.definitions

bench: $(READY)
	@$(BIN)/python -m benchmarks

accuracy: $(READY)
	@$(BIN)/python -m ml.accuracy

stop: $(READY)
	@$(BIN)/signals sandbox stop

# needs uv; extras stay written out, or pip's hash mode refuses what they pull in
lock:
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-header --no-annotate --no-strip-extras --python-version 3.11 -o requirements.lock

clean:
	rm -rf .signals dbt_project/target

# pip checks every hash of the lock file; the project itself is installed as it stands
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(READY)
