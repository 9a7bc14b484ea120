# Needs make, Python 3.11 or newer, and PyPI (or a mirror or a filled cache). Everything else is set up in .uv/ and .venv/.

.DEFAULT_GOAL := help
UV_VERSION := 0.13.9
UV := .uv/bin/uv
BIN := .venv/bin
SYNCED := .venv/.synced
PROJECTS := $(wildcard pyproject.toml uv.lock libs/*/pyproject.toml services/*/pyproject.toml reglament/pyproject.toml)
SOURCES := $(wildcard libs/*/src services/*/src reglament/src)

.PHONY: help up demo test lint bench down clean

help: ## show this
	@echo "Reglament: a support regulation that runs"; echo
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 15
	@echo; echo "  REGLAMENT_DATA (.reglament) moves the data, REGLAMENT_PORT_BASE (8000) the ports."

up: $(SYNCED) ## run everything on this machine until Ctrl-C
	@exec $(BIN)/python -m reglament up

demo: $(SYNCED) ## a day of support on real-looking messages, told ticket by ticket
	@$(BIN)/python -m reglament status >/dev/null || $(BIN)/python -m reglament up --detach
	@$(BIN)/python -m reglament demo

test: $(SYNCED) ## every test this machine can run; says what it skipped and why
	$(BIN)/python -m pytest

lint: $(SYNCED) ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(SOURCES)
	$(BIN)/lint-imports

bench: $(SYNCED) ## measure against ceilings found in the same run
	$(BIN)/python -m tests.bench

down: $(SYNCED) ## stop what runs in the background
	@$(BIN)/python -m reglament down

clean: ## remove what was set up here; data in .reglament stays
	rm -rf .uv .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

$(UV): # pip of the Python found installs uv on its own; where it has none, a venv brings one
	@python="$$(./.ci/python)" && echo "Setting up with $$python …" && rm -rf .uv \
	  && if "$$python" -c "import pip" 2>/dev/null; then set -- "$$python" -m pip install --target .uv; \
	  else "$$python" -m venv .uv && set -- .uv/bin/python -m pip install; fi \
	  && "$$@" --quiet --disable-pip-version-check --root-user-action=ignore uv==$(UV_VERSION)

$(SYNCED): $(UV) $(PROJECTS)
	@echo "Installing what uv.lock says …"
	@UV_PYTHON="$$(./.ci/python)" UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --quiet --locked --all-packages --compile-bytecode
	@touch $@
