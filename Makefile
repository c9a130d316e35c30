# make run    set up and start the bot (the demo, when there is no .env)
# make test   set up and run every test
# make fuzz   spoilt rule files and deceptive texts, thousands of them
# make bench  what scoring costs on this machine (bench/README.md)
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test fuzz test-postgres test-detoxify chaos train train-smoke bench lint format clean
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

# Kills the bot three times while a file of comments of yours comes in; nothing may be lost or done
# twice, and the callbacks are counted:  make chaos SAMPLE=comments.jsonl
chaos: $(VENV)/.installed-dev
	REPLAY_SAMPLE=$(SAMPLE) $(BIN)/python -m pytest tests/e2e -rs

# Detoxify's own package on a small checkpoint: loaded, exported, served. An environment of its
# own, because torch and what comes with it take 1.4 GB. TORCH names the build: take one for the CPU.
TORCH ?= torch==2.13.0
DETOXIFY_VENV ?= .venv-detoxify
test-detoxify: $(DETOXIFY_VENV)/.installed
	$(DETOXIFY_VENV)/bin/python -m pytest tests/score/test_detoxify_real.py

$(DETOXIFY_VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(DETOXIFY_VENV)
	$(DETOXIFY_VENV)/bin/python -m pip install --quiet --upgrade "pip>=25.1"
	$(DETOXIFY_VENV)/bin/python -m pip install --quiet $(TORCH)
	$(DETOXIFY_VENV)/bin/python -m pip install --quiet -e '.[detoxify]' 'hypothesis>=6.130' 'pytest>=8.4' 'pytest-asyncio>=1.0'
	touch $@

# Rules folders and texts, spoilt at random, far more of them than in `make test`:
#   make fuzz FUZZ=100000
FUZZ ?= 5000
fuzz: $(VENV)/.installed-dev
	FUZZ=$(FUZZ) $(BIN)/python -m pytest tests/rulebook/test_fuzz.py -q

# Rebuilding the embedded model (bot/score/training/README.md), in an environment of its own:
#   make VENV=.venv-train train STEP="data --work … --train …"
train: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet $(TORCH) -e '.[train]'
	$(BIN)/python -m bot.score.training $(STEP)

train-smoke: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet $(TORCH) -e '.[train]'
	$(BIN)/python -m pytest tests/score/training -q -rs

bench: $(VENV)/.installed
	$(BIN)/python -m bench.score

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
	rm -rf $(VENV) $(DETOXIFY_VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
