# Every command that a developer, a newcomer or CI needs. `make demo` and `make test` set up by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO_HOME ?= demo-home
SEED ?= $(shell date +%s)

.PHONY: install demo test soak lint types contracts check docs lock bench clean

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("copydesk needs Python 3.11 or later, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q flows tasks warehouse expectations
	touch $(STAMP)

demo: install
	@$(BIN)/python samples/demo.py $(DEMO_HOME)

test: install
	$(BIN)/python -m pytest -m "not soak" -n 4 --dist loadfile --no-loadscope-reorder

soak: install
	@echo "seed $(SEED)"
	COPYDESK_SOAK_SEED=$(SEED) $(BIN)/python -m pytest -m "soak or hypothesis" -x --hypothesis-seed=$(SEED)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

contracts: install
	$(BIN)/lint-imports

check: lint types contracts test

docs: install
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: install
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/throughput.py

# The lock is universal (all platforms, Python 3.11 and later) and holds versions and hashes only.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet \
		-o requirements.lock

clean:
	rm -rf $(VENV) $(DEMO_HOME) site .pytest_cache .mypy_cache .ruff_cache
