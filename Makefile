# Every target makes its own environment first; a fresh machine needs Python 3.11 and make, nothing else.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check docs bench bench-peers soak generate test-publish dist publish clean

demo: generate
	$(BIN)/python examples/demo.py

test: $(READY)
	$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile

check: docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/python -m codegen generate --check

# Material's own switch for its notice about another project's plans.
docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(READY)
	$(BIN)/python -m tools.benchmarks

# Faults, kills, fuzzing and memory; prints figures.
soak: $(READY)
	$(BIN)/python -m tools.soak --seconds $(or $(SECONDS),600)

# What `bench` also compares with where it is there: 392 MB, never a dependency.
bench-peers: .venv-peers/.ready

.venv-peers/.ready:
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check msgraph-sdk
	touch .venv-peers/.ready

generate: $(READY)
	$(BIN)/python -m codegen generate

# Publishes to an index on loopback, installs from it, upgrades.
test-publish: $(READY)
	$(BIN)/python -m pytest -q -m publish tests/release

dist: $(READY)
	$(BIN)/python -m tools.release dist

# Credentials: TWINE_USERNAME and TWINE_PASSWORD, or the keyring. Not echoed, in case that the address has a password.
publish: $(READY)
	@test -n "$(INDEX_URL)" || { echo 'where to? make publish INDEX_URL=https://…' >&2; exit 2; }
	@$(BIN)/python -m tools.release publish "$(INDEX_URL)"

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) .venv-peers
