# Zhike's commands. Each works from a bare clone that has Python 3.11 or newer and make; see tools/bootstrap.py.
.DEFAULT_GOAL := help
.PHONY: help run frontend test check bench long screenshots format
.SILENT:

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
READY = command -v $(PYTHON) >/dev/null || { echo "Zhike needs Python 3.11 or newer; install it, for example: apt-get install python3" >&2; exit 1; }; $(PYTHON) tools/bootstrap.py

help:  ## list these commands
	sed -n 's/^\([a-z]*\):  ## /  make \1\t/p' Makefile | expand -t 22

run:  ## start Zhike with a small demo company (ARGS="--port 8001" goes to `zhike serve`)
	$(READY) run
	$(BIN)/zhike migrate
	$(BIN)/zhike demo --if-empty
	exec $(BIN)/zhike serve $(ARGS)

frontend:  ## bundle the front end and make the table of regions, where their sources changed
	$(READY) run

test:  ## run all tests on SQLite in memory, a SQLite file and PostgreSQL (ARGS goes to pytest)
	$(READY) test
	exec $(BIN)/python tools/run_tests.py $(ARGS)

check:  ## style, types, layers, templates, migrations, translations, API snapshot, security
	$(READY) test
	exec $(BIN)/python tools/check.py $(ARGS)

bench:  ## measure speed against a floor taken in the same run (ARGS="--scale 10")
	$(READY) bench
	exec $(BIN)/zhike bench $(ARGS)

long:  ## the long tests: kills, soak, ten thousand generated conditions, Debian's PostgreSQL
	$(READY) long
	exec $(BIN)/python tools/run_tests.py --long $(ARGS)

screenshots:  ## take pictures of every page, both languages, light and dark, narrow and wide
	$(READY) test
	exec $(BIN)/python tools/screenshots.py $(ARGS)

format:  ## format the code and mend what can be mended by machine
	$(READY) bench
	$(BIN)/ruff check --fix --exit-zero --quiet .
	exec $(BIN)/ruff format .
