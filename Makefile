# make run    set up and start the bot (the demo, when there is no .env)
# make test   set up and run every test
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-postgres lint format clean
run: $(VENV)/.installed
	$(BIN)/veilleur run

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest

# The store, the pipeline and the engine against a PostgreSQL server of yours:
#   make test-postgres TEST_POSTGRES_URL=postgresql://postgres@127.0.0.1:5432
test-postgres: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet -e '.[postgres]'
	TEST_POSTGRES_URL=$(TEST_POSTGRES_URL) $(BIN)/python -m pytest tests/test_pipeline.py \
	  tests/test_engine.py tests/test_outbox.py tests/store/test_database.py

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Veilleur needs Python 3.11 or later; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet -e .
	touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet -e . --group dev
	touch $(VENV)/.installed $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
