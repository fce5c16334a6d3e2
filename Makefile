# The two commands a newcomer needs are `make demo` and `make test`; the rest is for those who work here.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test soak lint format bench lock clean

demo: $(READY)
	@$(BIN)/pipeline run --site .

test: $(READY)
	@$(BIN)/python -m pytest -n auto

soak: $(READY)
	@SOAK_SEEDS=$${SOAK_SEEDS:-20} $(BIN)/python -m pytest -rA tests/workers/test_soak.py

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(READY)
	@$(BIN)/python -m benchmarks

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

lock:
	@uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock $(LOCK_OPTIONS)

clean:
	@rm -rf $(VENV) .pipeline public
