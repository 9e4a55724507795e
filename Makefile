# `make run` starts the product, `make test` tests it, `make check` is what CI runs. Needs Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Each process has stores of its own; a file's tests stay together, since they share what is slow to start.
# They start in the order of tests/conftest.py, the slowest first, and not by how many tests they have.
ON_TWO_CORES := -n 2 --dist loadfile --no-loadscope-reorder

# Wording is checked as on this day: a review that has come due since is its owner's task, not a fault of the code.
CHECKED_ON := 2026-11-25

# Test data and examples, which only look like secrets.
NO_SECRETS := ^(tests|bench|bot/sandbox/page|playbooks|.*\.lock)
NO_SECRET_LINES := (secretName: factormate|known-to-slack-only|user:password@)

# The import of what can start processes: each start itself is looked at.
BANDIT_SKIPS := B404

.DEFAULT_GOAL := help
.PHONY: audit help run test check format soak bench docs pictures lock clean

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: $(VENV)/.run  ## start the product (without Slack tokens: the local workspace)
	@exec $(BIN)/python app.py

test: $(VENV)/.dev  ## run all tests
	$(BIN)/python -m pytest $(ON_TWO_CORES)

check: $(VENV)/.dev  ## format, lint, types, playbooks, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m bot playbooks check --on $(CHECKED_ON)
	$(BIN)/python -m pytest $(ON_TWO_CORES)

format: $(VENV)/.dev  ## put the code into shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

soak: $(VENV)/.dev  ## the long tests: cluster, failover, chaos
	$(BIN)/python -m pytest -m soak

bench: $(VENV)/.dev  ## measure everything beside its yardstick, and write docs/performance.md
	$(BIN)/python -m bench

docs: $(VENV)/.dev  ## build the site into artifacts/site
	$(BIN)/python -m sphinx -W -n -q docs artifacts/site

pictures: $(VENV)/.dev  ## renew the pictures of the docs from what the browser tests see
	$(BIN)/python -m pytest -m soak tests/e2e
	$(BIN)/python -m tests.e2e.pictures

audit: $(VENV)/.dev  ## known faults of dependencies, secrets in the files, a bill of materials (needs the network)
	@mkdir -p artifacts
	$(BIN)/ruff check --select S .
	@$(BIN)/uv tool run bandit --quiet --skip $(BANDIT_SKIPS) -r app.py bot handlers 2>/dev/null \
		&& echo "bandit finds nothing" || echo "LOOK: what bandit found above, or it could not be had"
	@$(BIN)/uv tool run --from cyclonedx-bom cyclonedx-py requirements requirements.lock -o artifacts/sbom.json \
		&& echo "bill of materials: artifacts/sbom.json" || echo "NOT DONE: cyclonedx-bom could not be had"
	@$(BIN)/uv tool run --from detect-secrets detect-secrets-hook --exclude-files '$(NO_SECRETS)' \
		--exclude-lines '$(NO_SECRET_LINES)' $$(git ls-files) \
		&& echo "no secrets in the files" || echo "LOOK: secrets above, or detect-secrets could not be had"
	@$(BIN)/uv tool run pip-audit --strict --require-hashes --disable-pip --no-deps -r requirements.lock \
		&& echo "no known faults" || echo "LOOK: known faults above, or the list of them could not be reached"

lock: $(VENV)/.dev  ## renew the lock files after a change in pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --no-header --no-emit-index-url --generate-hashes pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --no-header --no-emit-index-url --generate-hashes pyproject.toml --group dev -o requirements-dev.lock

clean:  ## remove what was installed and built, not the data in var
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis artifacts

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("factormate needs Python 3.11 or newer, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# The marker files say which lock is installed, so that a warm start installs nothing.
$(VENV)/.run: requirements.lock | $(BIN)/python
	@echo "Installing (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $(VENV)/.run $@
