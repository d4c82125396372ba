# Two commands matter: make demo, make test. Both make the environment first and need only Python 3.11+, git and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup setup-test metrics demo test check unit browser understanding season nation lock clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/run.stamp  ## make the environment with the hvbot command in it

setup-test: $(VENV)/test.stamp

$(VENV)/run.stamp: requirements/run.txt tools/make_environment.py
	@$(PYTHON) tools/make_environment.py run

$(VENV)/test.stamp: requirements/test.txt tools/make_environment.py
	@$(PYTHON) tools/make_environment.py test

demo: setup  ## a sample school, simulated phones and the dashboard, in the browser
	$(BIN)/hvbot demo

metrics: setup  ## add what GET /metrics needs
	@$(PYTHON) tools/make_environment.py metrics

check: setup-test  ## format, lint, types, imports, catalogues
	$(BIN)/ruff format --check hvbot tests benchmarks tools
	$(BIN)/ruff check hvbot tests benchmarks tools
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m hvbot.i18n.check

unit: setup-test  ## all tests but the browser's, on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest -n $(WORKERS) -m 'not browser'

understanding: setup-test  ## how well the held-out replies are read, by language and category
	@$(BIN)/python -m tests.understanding.score

season: setup  ## a season of ten schools in virtual time, with faults, every promise checked each day
	$(BIN)/hvbot simulate --schools 10 --educators 70 --families 600 --faults

nation: setup  ## a season of 700 schools on two cores, in an empty PostgreSQL: make nation DB=postgresql://...
	@test -n "$(DB)" || { echo "name an empty database: make nation DB=postgresql://localhost/season"; exit 2; }
	$(BIN)/hvbot simulate --schools 700 --educators 5000 --families 60000 --faults --districts 28 --workers 2 --db "$(DB)"

browser: setup-test  ## the tests in a real browser, in a process of their own
	@$(PYTHON) tools/need_browser.py && $(BIN)/python -m pytest -p no:randomly -m browser || test $$? -eq 75

test: check unit browser  ## everything

lock: $(VENV)/run.stamp  ## make the lock files anew; needs uv
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml -o requirements/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra test --extra metrics -c requirements/run.txt pyproject.toml -o requirements/test.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra metrics -c requirements/run.txt pyproject.toml -o requirements/metrics.txt
	sed -i '/^--/d' requirements/run.txt requirements/test.txt requirements/metrics.txt

clean:  ## remove the environment and what the tools leave
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
