# Two commands for a user: make run, make test. All set-up happens in .venv.
SEEDS ?= seeds
OUT ?= outputs
PYTHON ?= python3
BIN := .venv/bin
RUNS := .venv/.runs
READY := .venv/.ready

.PHONY: run test test-pdf test-browser check lint types floors rules docs golden fuzz bench instructions segmenter ranker traditional clean

run: $(RUNS)
	@$(BIN)/zhfacts extract $(SEEDS) --out $(OUT)

test: $(READY)
	@$(BIN)/python -m pytest

# Prints the documents as PDF of two columns; wants Debian's chromium and fonts-noto-cjk, says so where they are not.
test-pdf: $(READY)
	@$(BIN)/python -m pytest tests/test_print.py -rs

# The report in a real browser, Debian's chromium; installs it where root may, else says so and skips.
test-browser: $(READY)
	@tools/chromium.sh
	@$(BIN)/python -m pytest tests/test_browser.py -rs

# What CI asks besides the tests.
check: lint types floors

lint: $(READY)
	@$(BIN)/ruff check pipeline tests bench tools
	@$(BIN)/ruff format --check pipeline tests bench tools

types: $(READY)
	@$(BIN)/mypy

floors: $(READY)
	@$(BIN)/lint-imports

rules: $(READY)
	@$(BIN)/python -m pytest tests/test_rules.py

# The documentation as pages in site/; a dead link or an unlisted page is an error. CI builds it.
docs: $(READY)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict --site-dir site
	@echo "Open site/index.html"

golden: $(READY)
	@$(BIN)/python -m pytest tests/test_golden.py tests/test_readme.py --update-golden

# Tries inputs with atheris (pip install -e '.[fuzz]') for so many seconds, another SEED others; says so where it is not.
SEED ?= 20261125
fuzz: $(READY)
	@PYTHONPATH=tools:pipeline $(BIN)/python -W ignore -m fuzz.run --seconds $(or $(SECONDS),60) --seed $(SEED)

# Under a quarter of an hour: stages beside peers, whole runs with one and two workers, growth. Growth to 200 MB:
# .venv/bin/python bench/growth.py --sizes 1 10 50 100 200
bench: $(READY)
	@$(BIN)/python bench/numbers_peers.py --megabytes 8 --rounds 5
	@$(BIN)/python bench/whole.py --megabytes 20
	@$(BIN)/python bench/growth.py --no-readme

# Instructions of the hot stages by valgrind, the same on a busy machine; says so where valgrind is not.
instructions: $(READY)
	@$(BIN)/python bench/instructions.py

# Trains the models of pipeline/zhfacts/models/segmenter anew and writes their card; CI never does.
UD ?= ../shared/ud
segmenter: $(READY)
	@PYTHONPATH=tools:pipeline $(BIN)/python -W ignore -m segmenter.train $(UD)

# Fits the weights of rules/link/ranker anew and prints what they are worth on articles left out; CI never does.
SHARED ?= ../shared
ranker: $(READY)
	@PYTHONPATH=tools:pipeline $(BIN)/python -W ignore -m ranker.fit $(SHARED)

# Writes the table of traditional characters anew from OpenCC's; CI never does.
traditional: $(READY)
	@$(BIN)/python tools/traditional.py

# What it takes to run, and then what tests, checks and docs need besides.
$(RUNS): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "zhfacts needs Python 3.11 or later; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@echo "Setting up .venv (once, about a minute) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[html,pdf,docx,jieba]"
	@echo "The command is .venv/bin/zhfacts; after 'source .venv/bin/activate' it is zhfacts."
	@touch $(RUNS)

$(READY): $(RUNS)
	@echo "Setting up what tests and checks need (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@$(BIN)/python -m compileall -q -j 0 $(BIN)/../lib pipeline || true # or a start takes twice as long where no bytecode is written
	@touch $(READY)

clean:
	@rm -rf .venv
