# What one can do here; every target says what it is for. `make` alone prints them.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
PYTHON ?= python3

.PHONY: help setup build run test check fix client bench accuracy chaos soak load fuzz sbom lock
.DEFAULT_GOAL := help

help:  ## Print this list
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/\1	\2/p' $(MAKEFILE_LIST) | awk -F '\t' '{printf "  make %-8s %s\n", $$1, $$2}'

setup:  ## Install everything into .venv and frontend/node_modules (network only when something changed)
	@$(PYTHON) backend/tools/setup.py install

build: setup  ## Build the web app into frontend/dist when its sources changed
	@$(PYTHON) backend/tools/setup.py build

run: build  ## Serve; PORT=8080 chooses another port
	@exec .venv/bin/proctor serve

test: build  ## Run all tests: web units, real browser, server (its summary comes last)
	@$(PYTHON) backend/tools/run_all.py test

check: build  ## Format, lint, types, import rules, sizes, words, generated files
	@$(PYTHON) backend/tools/run_all.py check

fix: setup  ## Repair what the formatters and linters can repair
	cd backend && ruff check --fix-only --quiet . && ruff format --quiet .
	cd frontend && npx oxlint --fix --quiet

client: setup  ## Generate frontend/src/api from the server's routes, and .env.example from its settings
	cd backend && python tools/export_schema.py && python tools/export_env.py
	cd frontend && npm run --silent client

bench: setup  ## Measure frames per second: bare loop, engine, end to end
	cd backend && python tools/bench.py

accuracy: setup  ## Measure how often it is right and wrong (needs ../shared/data; goes on where it was stopped); writes docs/accuracy.md
	cd backend && python -m tools.accuracy $(ARGS)

chaos: setup  ## Check that broken variants are noticed, lose a machine, break a running system: a table (40 minutes) (ARGS="--only F01,F02" for these faults alone)
	cd backend && $(if $(findstring --only,$(ARGS)),,python -m chaos.mutants && python -m chaos.drill &&) python -m chaos $(ARGS)

soak: setup  ## Let a running system run long: does anything grow that should not? (30 minutes) (ARGS="--minutes 2")
	cd backend && python -m chaos.soak $(ARGS)

load: setup  ## Measure what one server carries, bars L1 to L10; a table (an hour) (ARGS="--minutes 5 --only L1,L4")
	cd backend && python -m chaos.carrying $(ARGS)

fuzz: setup  ## Bytes at every parser, then generated requests at a real server (ARGS="--seconds 60 --seed 7"; 10 min a parser)
	cd backend && python -m tools.fuzz_bytes --count 100000 --only frame && python -m tools.fuzz_bytes $(ARGS) && python -m tools.fuzz_api $(ARGS)

sbom: setup  ## Write bom.json: everything the product is built from, out of the locks (CycloneDX)
	cd backend && python tools/sbom.py ../bom.json

lock: setup  ## Compile the lock files from backend/pyproject.toml (needs the network)
	cd backend && python tools/lock.py
