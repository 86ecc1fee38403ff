# Everything a fresh clone needs: `make demo` and `make test` set up .venv by themselves.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
WORKERS ?= 2
READY = $(VENV)/.ready

.PHONY: demo test check format docs clean help crash bench-inventory bench-collecting

help:            ## this list
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

demo: $(READY)   ## the OSPF audit on 25 simulated routers, in batches of 10
	$(BIN)/nornir-playbook demo

test: check      ## every test, in WORKERS processes; `make test ARGS="-k batch"` for some
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: $(READY)  ## format, lint, types, architecture
	$(BIN)/ruff format --check runner tests docs
	$(BIN)/ruff check runner tests docs
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py

format: $(READY) ## format and mend what can be mended
	$(BIN)/ruff format runner tests docs
	$(BIN)/ruff check --fix runner tests docs

docs: $(READY)   ## make docs/reference anew from the code
	$(BIN)/python -m tests.docs.generate

crash: $(READY)  ## kill jobs at random moments, 1,000 times or `make crash CRASH_SEEDS=n`
	$(BIN)/python -m tests.crash --seeds $(or $(CRASH_SEEDS),1000)

bench-inventory: $(READY) ## planning for 10,000 hosts against Nornir's own loader
	$(BIN)/python -m tests.bench.inventory

bench-collecting: $(READY) ## memory with 100 and 1,000 devices, and what the record of a job costs
	$(BIN)/python -m tests.bench.collecting

clean:           ## remove what the other targets made
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
