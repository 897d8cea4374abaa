# The first Python 3.11 or newer on this machine; `make PYTHON=/path/to/python` picks another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed

.PHONY: run test soak bench consumers forecast-board lock sbom licences clean env env-dev
.DELETE_ON_ERROR:

# Says of each step what it does and how long it takes; the install is needed once.
run: env
	@$(BIN)/statusledger up --demo-if-offline

test: env-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2

# Twenty times the kills, all captures of Google Cloud in the other order, a minute of a crowd on one
# folder, 300 pages with all that goes wrong, 5,000 damaged bodies of each engine, 100 lives of a
# page measured, 200 worlds rendered and read again, 2,000 pairs without a tie, 800 graded pairs, a
# million states on Spark, 300 examples of each property.
soak: env-dev
	STATUSLEDGER_SOAK=1 $(BIN)/python -m pytest tests/acceptance/test_kills.py \
		tests/acceptance/test_together.py tests/acceptance/test_false_green.py \
		tests/ingest/platforms/test_mutants.py tests/ingest/simulation \
		tests/analytics/statistics/test_week_moves.py tests/analytics/verdict/test_grade.py \
		tests/analytics/engines tests/acceptance/captures/test_google_history.py
	STATUSLEDGER_SOAK=1 $(BIN)/python -m pytest -m hypothesis

# With BEFORE=../earlier, also beside that checkout of an earlier commit, in ratios.
bench: env-dev
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.scale
	$(BIN)/python -m benchmarks.ledgers
	$(if $(BEFORE),$(BIN)/python -m benchmarks.side_by_side $(BEFORE))
	$(if $(BEFORE),$(BIN)/python -m benchmarks.grown $(BEFORE))

# What programs that others wrote make of the site and of the release. Prometheus takes part where
# it is on the PATH.
consumers: env-dev
	$(PYTHON) -m venv .venv-consumers
	.venv-consumers/bin/python -m pip --disable-pip-version-check --quiet install reader==3.26 \
		sgmllib3k==1.0.0 khal==0.14.1 mlcroissant==1.1.1 pyarrow==26.0.1
	$(BIN)/python -m benchmarks.consumers .venv-consumers/bin

# Scores who forecasts best how long an incident lasts: benchmarks/forecast/BOARD.md.
forecast-board: env-dev
	$(BIN)/python -m benchmarks.forecast

env: $(RUNTIME)
env-dev: $(DEV)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or run make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): pyproject.toml requirements.lock | $(BIN)/python
	@echo "Installing some 60 packages into $(VENV), once: one to three minutes and 0.7 GB."
	@if [ -t 1 ]; then quiet=; else quiet=--quiet; fi; \
	$(BIN)/python -m pip --disable-pip-version-check $$quiet install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps -e .
	@touch $@

# Holds the runtime too, at the same versions: one environment serves both.
$(DEV): pyproject.toml requirements-dev.lock | $(BIN)/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# Renews both locks from the floors in pyproject.toml. Python and platform neutral.
UV := .venv-lock/bin/uv
LOCK := $(UV) pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock" --extra report pyproject.toml

lock: $(UV)
	$(LOCK) -o requirements.lock
	$(LOCK) --extra dev --constraint requirements.lock -o requirements-dev.lock

$(UV):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or run make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip --disable-pip-version-check --quiet install uv

# What the runtime is made of, with versions and hashes, from the lock (CycloneDX).
sbom: dist/statusledger.cdx.json

dist/statusledger.cdx.json: pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or run make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv .venv-sbom
	.venv-sbom/bin/python -m pip --disable-pip-version-check --quiet install cyclonedx-bom==7.5.0
	mkdir -p dist
	.venv-sbom/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml \
		--output-reproducible -o $@

# The licence that each locked dependency states, as a table.
licences: env
	@mkdir -p dist
	$(BIN)/python deploy/licences.py requirements.lock > dist/licences.md

# Leaves data/ alone: captures cannot be had again.
clean:
	rm -rf $(VENV) .venv-lock .venv-sbom .venv-consumers dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.venv*' -prune -exec rm -rf {} +
