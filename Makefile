# The two commands a newcomer needs are `make demo` and `make test`; the rest is for those who work here.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JUDGES_READY := tests/judges/node_modules/.package-lock.json

.PHONY: demo test soak lint format bench check-site lock clean up parsers

demo: $(READY)
	@$(BIN)/pipeline run --site .

test: $(READY)
	@$(BIN)/python -m pytest -n auto --dist worksteal

soak: $(READY)
	@SOAK_SEEDS=$${SOAK_SEEDS:-20} $(BIN)/python -m pytest -rA tests/workers/test_soak.py tests/workers/test_points.py
	@SOAK_SECONDS=$${SOAK_SECONDS:-60} $(BIN)/python -m pytest -rA tests/review/test_load.py

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(READY)
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.memory --units 20000
	@$(BIN)/python -m benchmarks.alignment --rounds 3
	@$(BIN)/python -m benchmarks.search --messages 20000
	@$(BIN)/python -m benchmarks.load
	@$(BIN)/python -m benchmarks.queue --pages 1000

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

$(READY): requirements.lock pyproject.toml
	@echo "Preparing $(VENV) (once)…"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# SITES="DIR …" for other sites, JUDGES="vnu axe" for only these judges.
check-site: $(READY) $(JUDGES_READY)
	@$(BIN)/python -m tests.judges $(JUDGES:%=--only %) $(SITES)

$(JUDGES_READY): tests/judges/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Installing the judges (once)…"; \
		npm ci --prefix tests/judges --ignore-scripts --no-audit --no-fund --silent && touch $@; \
	else echo "npm is missing: install Node.js 20.19 or newer"; fi

# Everything, for those who work here; what runs, for images; what makes the wheel; what reads the
# images' files. The others are parts of the first one, version by version, or stand alone.
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate --quiet $(LOCK_OPTIONS)

lock:
	@uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock $(LOCK_OPTIONS)
	@$(LOCK) pyproject.toml --all-extras -c requirements.lock -o requirements.run.lock
	@$(LOCK) --group build -c requirements.lock -o requirements.build.lock
	@$(LOCK) --group parsers -o .ci/parsers.lock

# All that the site's settings ask for, on loopback: make up SITE=../site PORT=8080
SITE ?= .
PORT ?= 8000

up: $(READY)
	@exec $(BIN)/python -m services.up --site $(SITE) --port $(PORT) --desk-port $$(($(PORT) + 1))

parsers: $(READY)
	@.ci/parsers

clean:
	@rm -rf $(VENV) .pipeline public
