# Every target creates the environment first. A fresh machine needs Python 3.11 or later and make, nothing else.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# More than processors, because tests wait: for sockets, and for programs that they start; those of `quick` hardly do.
workers = $(shell $(BIN)/python -c 'import os; print((os.cpu_count() or 1) + $(1))')
PYTEST = $(BIN)/python -m pytest -q --numprocesses $(call workers,1) --dist loadfile --no-loadscope-reorder
# Each tests a package of its own, or what other tests test too: the blocking client is made from the asynchronous one.
NOT_QUICK := archive benchmarks blocking command counterparts docs emulator examples mistakes notifications release soak spark
# Third-party code that is installed must not see the credentials of `make publish`.
NO_CREDENTIALS := env -u TWINE_USERNAME -u TWINE_PASSWORD
# Images of containers often set it. Each of the hundreds of processes that tests start would compile the sources again.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(NO_CREDENTIALS) $(BIN)/python -m pip --quiet --disable-pip-version-check
UV := $(NO_CREDENTIALS) $(BIN)/uv --quiet --no-config

.DEFAULT_GOAL := help
.PHONY: help demo quick test test-long test-properties test-blocking test-publish test-spark test-spark-long check types docs generate bench bench-peers bench-spark soak dist publish locked clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: generate ## run the demo against the emulator
	$(BIN)/python examples/demo.py

quick: $(READY) ## test in seconds, while working: the generator, the runtime and the client
	HYPOTHESIS_EXAMPLES=10 $(PYTEST) -m 'not slow and not long' $(NOT_QUICK:%=--ignore tests/%)

test: $(READY) ## test everything that takes seconds
	$(PYTEST)

# `make docs` tests the site.
test-long: $(READY) ## test what takes minutes
	$(PYTEST) -m long --ignore tests/docs/test_site.py
	$(MAKE) test-blocking

# Properties run in every lane: here with many more examples.
test-properties: $(READY) ## test every property with 100 examples
	HYPOTHESIS_EXAMPLES=100 $(PYTEST) -m hypothesis

# The blocking client's own tests are in tests/blocking/, which every lane runs.
test-blocking: $(READY) ## run the tests of the asynchronous client for the blocking one
	$(BIN)/python -m codegen tests
	$(PYTEST) -m 'long or not long' blocking_tests

test-publish: $(READY) ## publish to an index on this machine, install from it and upgrade
	$(BIN)/python -m pytest -q -m long tests/release

test-spark: .venv-spark/.ready ## test the data source for Spark; it needs Java 17
	.venv-spark/bin/python -m pytest -q -m 'spark and not long' tests/spark

test-spark-long: .venv-spark/.ready ## test it on a cluster of two workers, with workers that are killed
	.venv-spark/bin/python -m pytest -q -m 'spark and long' tests/spark --ignore tests/spark/test_cluster.py
	.venv-spark/bin/python -m pytest -q -m 'spark and long' tests/spark/test_cluster.py

# An environment of its own: pyspark takes 500 MB, and no other test needs it.
.venv-spark/.ready: pyproject.toml | $(VENV)/bin/python
	test -x .venv-spark/bin/python || $(PYTHON) -m venv .venv-spark
	$(NO_CREDENTIALS) .venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(NO_CREDENTIALS) .venv-spark/bin/python -m pip install --quiet --disable-pip-version-check \
	  --editable '.[emulator,spark]' --group test
	touch .venv-spark/.ready

# The types and the docs at the same time: each uses little more than one processor.
check: $(READY) ## run the linters and type checkers, check generated/ and build the docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(MAKE) --no-print-directory --jobs 2 types docs
	$(BIN)/python -m codegen generate --check

types: $(READY) ## run the type checkers
	$(BIN)/mypy
	$(BIN)/pyright

# The variable silences a notice of Material about another project.
docs: $(READY) ## build the documentation into site/ and test it
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	$(BIN)/python -m pytest -q -m long tests/docs/test_site.py

generate: $(READY) ## write generated/ from metadata/
	$(BIN)/python -m codegen generate

bench: $(READY) ## run the benchmarks and print a table; ARGS=--full for all of them
	$(BIN)/python -m tools.benchmarks $(ARGS)

# An environment with msgraph-sdk, which takes 392 MiB and is never a dependency. `make bench` uses it if it exists.
bench-peers: .venv-peers/.ready ## install msgraph-sdk for `make bench` to compare with

.venv-peers/.ready:
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check msgraph-sdk
	touch .venv-peers/.ready

bench-spark: .venv-spark/.ready ## measure how reading with Spark scales
	.venv-spark/bin/python -m tools.spark $(ARGS)

soak: $(READY) ## run faults, kills, fuzzing and memory checks for SECONDS=600
	$(BIN)/python -m tools.soak --seconds $(or $(SECONDS),600)

dist: $(READY) ## build and test the wheel and the sdist of the commit, into dist/
	$(BIN)/python -m tools.release dist

# Not echoed: the address may contain a password. Credentials: TWINE_USERNAME and TWINE_PASSWORD, or the keyring.
publish: $(READY) ## publish the commit to INDEX_URL
	@test -n "$(INDEX_URL)" || { echo 'Set INDEX_URL: make publish INDEX_URL=https://index.example/' >&2; exit 2; }
	@$(BIN)/python -m tools.release publish "$(INDEX_URL)"

# What CI uses: exactly the versions in uv.lock.
locked: $(VENV)/bin/python ## create the environment with the versions in uv.lock
	$(PIP) install 'uv>=0.9,<1'
	$(UV) sync --locked --inexact --all-extras --no-extra spark
	touch $(READY)

$(READY): pyproject.toml | $(VENV)/bin/python
	$(PIP) install --upgrade 'pip>=25.1'
	$(PIP) install --editable '.[archive,duckdb,emulator,notifications,parquet]' --group dev
	touch $(READY)

# Checked before pip runs: with an older Python, pip would try every release of every dependency first.
$(VENV)/bin/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'graph-meetings needs Python 3.11 or later; found: $(or $(PYTHON),none).' \
	    'Set PYTHON, for example: make PYTHON=/usr/bin/python3.12 test' >&2; exit 2; }
	"$(PYTHON)" -m venv $(VENV)

clean: ## remove the environments and what was built
	rm -rf $(VENV) .venv-peers .venv-spark blocking_tests build dist site .coverage*
