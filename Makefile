# Everything starts here. On a fresh machine with Python 3.11+ and make: `make demo`, then `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check
STAMP  := $(VENV)/.installed
JUDGES := .venv-judges

.PHONY: help install demo test lint types imports check bench month quality judges browser docs clean

help:
	@echo "make demo     crawl a generated newspaper on this machine, search it, re-extract it, verify it"
	@echo "              (make demo URL=https://… for a real one)"
	@echo "make test     run the tests"
	@echo "make check    what must be green before a commit lands: lint, types, import contracts, tests"
	@echo "make bench    speed and memory beside bare Scrapy, and fifty sites in one crawl; needs nothing but this machine"
	@echo "make month    thirty simulated days of schedules with outages; what breaks, and whether it is noticed"
	@echo "make quality  extraction accuracy on an evaluation kit, if one is at hand"
	@echo "make judges   other people's WARC tools, in an environment of their own, asked by the tests"
	@echo "make browser  what pages that need a browser need: the extra, and a Chromium where apt-get may install it"
	@echo "make docs     write the generated reference pages anew"

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing hemeroteca into $(VENV) ..."
	@$(PIP) install --upgrade 'pip>=25.1'
	@$(PIP) install -c constraints.txt -e . --group dev
	@touch $@

demo: install
	@$(BIN)/python -m tests.newsroom.demo $(URL)

test: install
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: install
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: install
	@$(BIN)/mypy

imports: install
	@$(BIN)/lint-imports

check: lint types imports test

bench: install
	@$(PIP) install -c constraints.txt --group bench
	@$(BIN)/python -m bench.speed
	@$(BIN)/python -m bench.many

month: install
	@$(BIN)/python -m bench.schedule_month
	@$(BIN)/python -m bench.drift

quality: install
	@$(BIN)/python -m bench.quality --gate

# pywb wants an old setuptools, so the judges live apart from the project they judge.
judges: $(JUDGES)/.installed

$(JUDGES)/.installed: Makefile
	@test -x $(JUDGES)/bin/python || $(PYTHON) -m venv $(JUDGES)
	@$(JUDGES)/bin/python -m pip --quiet --disable-pip-version-check install 'setuptools<81' 'pywb==2.10.0' 'cdxj-indexer==1.5.0' 'fastwarc==2.0.1' 'warcio==1.8.1'
	@touch $@

# Only the browser's tests need it; without, they are skipped. Playwright's own Chromium is not downloaded.
browser: install
	@$(PIP) install -c constraints.txt -e '.[browser]'
	@if ! { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium >/dev/null; \
	  else echo "no Chromium here: install one, for instance with apt-get install chromium"; fi; fi

docs: install
	@$(BIN)/python -m tests.reference

clean:
	rm -rf $(VENV) $(JUDGES) demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
