# `make` or `make help` lists everything. PYTHON=python3.12 chooses another Python, PORT=8001 another port for the demo.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
# Many processes start here. Without compiled modules each spends half its start compiling; they are kept inside .venv.
RUN := env -u PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX=$(CURDIR)/.venv/pycache $(BIN)/python
PORT ?= 8000
# Files in their own order: sorted by number of tests, the few long ones would come last and one core would idle.
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder
export PYTHON PORT

.PHONY: help
help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## a ready .venv: Python, system libraries and locked packages checked, installed where possible
	@scripts/setup

.PHONY: demo
demo: setup ## the whole portal with five sample companies, on this machine alone; Ctrl-C ends it
	@$(RUN) -m dsar_portal.demo

.PHONY: test
test: setup ## all tests (REQUIRE_SERVICES=1: a missing server or browser fails)
	@scripts/rclone || { [ -z "$$REQUIRE_SERVICES" ] && echo "test: no S3 server; its tests will be skipped"; }
	@scripts/oidc-provider || { [ -z "$$REQUIRE_SERVICES" ] && echo "test: no log-in provider; its tests will be skipped"; }
	@$(RUN) -m pytest -q $(PYTEST_ARGS)

.PHONY: cover
cover: setup ## how much of law its own tests reach, by branch: all of it, or this fails
	@$(BIN)/coverage run --branch --source=law -m pytest -q tests/law
	@$(BIN)/coverage report --show-missing --skip-covered --fail-under=100

.PHONY: lint
lint: setup ## ruff, mypy --strict on the plain rooms, djlint on templates
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/djlint --quiet --lint templates dsar_portal/templates

.PHONY: bench
bench: export ACCESS_ROWS ?= 10000,100000,1000000
bench: setup ## measure what docs promise
	@for file in benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

.PHONY: lock
lock: setup ## write requirements*.txt anew from requirements*.in, with hashes
	@for name in requirements requirements-dev; do \
	  scripts/uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --no-header --quiet $$name.in -o $$name.txt || exit 1; done

.PHONY: messages
messages: setup ## collect and compile the texts of the screens (needs GNU gettext)
	@$(BIN)/python manage.py makemessages -l da -l sv -l nb --no-location --no-obsolete -i .venv -i build -i tests -i var -i .demo
	@$(BIN)/python manage.py compilemessages -v 0 -i .venv

.PHONY: screenshots
screenshots: setup ## take the pictures under docs/img anew, in a real browser
	@DSAR_SCREENSHOTS=docs/img $(RUN) -m pytest -q tests/journeys -k browser

.PHONY: audit
audit: setup ## known vulnerabilities in what is locked
	@$(BIN)/pip-audit --require-hashes --disable-pip -r requirements.txt

.PHONY: clean
clean: ## forget the demo's data
	@rm -rf .demo
