# The two commands: `make run` and `make test`. Nothing outside this folder is written; needed are make and Python 3.11 or newer.
PYTHON := .venv/bin/python
T ?= tests
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
# Where `make services-test` finds its servers.
SERVICES_DATABASE_URL := $(or $(DATABASE_URL),postgres://postgres@127.0.0.1:5432/backbone)
SERVICES_REDIS_URL := $(or $(REDIS_URL),redis://127.0.0.1:6379/15)

.PHONY: help setup setup-link run test check services-test lock messages bench clean
.DELETE_ON_ERROR:

help:
	@echo "make run            start Backbone at http://localhost:8000 (PORT=8001 make run: another port)"
	@echo "make setup-link     a one-time link for the first director, to start without the demo"
	@echo "make test           the whole test suite (make test T=tests/partners: a part)"
	@echo "make check          lint, format, migrations, architecture, compose file"
	@echo "make services-test  the whole test suite on PostgreSQL and Redis (DATABASE_URL, REDIS_URL)"
	@echo "make messages       bring locale/ in step with the texts in the code"
	@echo "make lock           write the locked requirements anew"
	@echo "make bench          measure, each figure beside its floor"
	@echo "make setup, clean   make .venv; remove it and what else can be made again (never var/, your data)"

setup: .venv/installed $(TRANSLATIONS)

.venv/installed: requirements-dev.txt requirements-installer.txt scripts/setup.sh scripts/install.py
	@sh scripts/setup.sh

%.mo: %.po scripts/compile_translations.py | .venv/installed
	@$(PYTHON) scripts/compile_translations.py $<

run: setup
	@DEBUG=$${DEBUG:-1} exec $(PYTHON) manage.py up

setup-link: setup
	@DEBUG=$${DEBUG:-1} $(PYTHON) manage.py setup_link

test: setup
	@$(PYTHON) -m pytest -n 2 $(T)

check: setup
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@DEBUG=1 $(PYTHON) manage.py makemigrations --check --dry-run
	@$(PYTHON) -m pytest -q tests/architecture
	@.venv/bin/docker-compose --env-file .env.example config -q && echo "docker-compose.yml is valid."

services-test: setup
	@$(PYTHON) scripts/check_services.py $(SERVICES_DATABASE_URL) $(SERVICES_REDIS_URL)
	@DATABASE_URL=$(SERVICES_DATABASE_URL) REDIS_URL=$(SERVICES_REDIS_URL) $(PYTHON) -m pytest -n 2 $(T)

lock: .venv/installed
	@for name in requirements requirements-dev requirements-installer; do \
		.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 $(LOCK) $$name.in -o $$name.txt || exit 1; \
	done

messages: .venv/installed
	@$(PYTHON) scripts/extract_messages.py

bench: setup
	@if [ -f bench/__main__.py ]; then $(PYTHON) -m bench; else echo "There is nothing to measure yet: bench/ is missing." >&2; exit 1; fi

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis var/tests
	rm -f locale/*/LC_MESSAGES/django.mo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
