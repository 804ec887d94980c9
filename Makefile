# One command for each need; « make help » lists them. Needs Python 3.11 or later, make and git; nothing else.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi
PORT ?= 5000
export PORT

.PHONY: help run test check bench catalogues requirements clean

help: ## Cette liste
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.run ## Installer, charger le programme (et la démonstration si la base est vide), servir
	@$(FLASK) db upgrade
	@$(FLASK) programme load
	@$(FLASK) demo load --if-empty
	@exec $(FLASK) serve

test: $(VENV)/.dev ## Tous les tests (PostgreSQL si TEST_POSTGRES_URL, navigateur si Chromium)
	@$(BIN)/pytest -n auto --dist worksteal $(ARGS)

check: $(VENV)/.dev ## La partie statique : mise en forme, règles, types, imports, gabarits, catalogues
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/python .ci/catalogues.py check

bench: $(VENV)/.dev ## Le banc de mesure, écrit dans bench/results.json
	@$(BIN)/python -m bench $(ARGS)

catalogues: $(VENV)/.dev ## Relever les textes, mettre à jour et compiler les catalogues
	@$(BIN)/python .ci/catalogues.py update

requirements: $(VENV)/.dev ## Recompiler les dépendances épinglées depuis pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml -q --generate-hashes --universal --python-version 3.11 \
		--no-emit-index-url --custom-compile-command "make requirements" -o requirements.txt $(ARGS)
	@$(BIN)/uv pip compile pyproject.toml -q --extra dev -c requirements.txt --generate-hashes --universal \
		--python-version 3.11 --no-emit-index-url --custom-compile-command "make requirements" \
		-o requirements-dev.txt $(ARGS)

clean: ## Effacer l’environnement et les caches (jamais la base)
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# the environment is made once, and again when the pinned dependencies change
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 ou plus récent est nécessaire."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 ou plus récent est nécessaire ; trouvé : $$($(PYTHON) --version)."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(BIN)/python
	@echo "Installation des dépendances…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(BIN)/python
	@echo "Installation des dépendances de développement…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/.run
