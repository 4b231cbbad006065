# The book, the tests and the demo class, each one command on a machine with Python, git and make.

VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
# Every tool below finds its companions (nbgrader calls alembic by name).
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# Python processes below here may reach this machine and nothing outside it (tests/offline).
OFFLINE := PYTHONPATH=$(CURDIR)/tests/offline
BUILD := $(BIN)/jupyter-book build book --config _config.yml --path-output . --warningiserror --keep-going

# What the built book is made from.
SOURCES := _config.yml $(shell find book dlcourse exercises solutions benchmarks/results -type f \
  -not -path '*/__pycache__/*' -not -path '*/screenshots/*' -not -name '*.mo')

# Tests run side by side, one on each core: threads of torch's would only wait for each other.
ONE := OMP_NUM_THREADS=1
CORES := $(shell getconf _NPROCESSORS_ONLN)
# One process more than there are cores: while one waits for a browser, another takes its core.
WORKERS := $(shell expr $(CORES) + 1)
# Tests that start many processes of their own, and know of time limits: no more than there are cores.
ALONE := tests/grading

.PHONY: help book catalogues pdf test grade bench screenshots lock clean

help:
	@echo "make book    build the book into _build/html"
	@echo "make pdf     print the whole book into _build/dlcourse.pdf"
	@echo "make catalogues     bring the texts to translate up to date; PAGES='nn/padding' begins a page"
	@echo "make test    run everything that must pass"
	@echo "make grade   grade a demo class from release to marks"
	@echo "make bench   measure the package against torch, torchvision and nbgrader, and judge its weights"
	@echo "make screenshots    take the README's pictures again"
	@echo "make lock    refresh requirements.txt with today's newest versions"

$(VENV)/.installed: requirements.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "dlcourse needs Python 3.11 or newer: install it, or name yours with make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "dlcourse needs Python 3.11 or newer, and $(PYTHON) is older: name another with make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module: install it (on Debian and Ubuntu, apt install python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.txt
	$(BIN)/pip install --quiet --no-deps --editable .
	@touch $@

# A changed chapter is built alone; a changed package may change any page, so all are run again.
_build/html/.complete: $(VENV)/.installed $(SOURCES)
	$(OFFLINE) $(BUILD) $(if $(filter-out book/%.md book/locale/%,$?),--all)
	@touch $@

# Nothing is executed for the other edition: it shows the outputs of the English one.
CHINESE := _build/html/zh_CN/.complete
$(CHINESE): _build/html/.complete
	$(OFFLINE) $(BIN)/python -m book.editions build
	@touch $@

# The texts of all pages, in _build/gettext; those of the translated pages with their translations.
catalogues: $(VENV)/.installed
	$(OFFLINE) $(BIN)/python -m book.editions catalogues $(PAGES)

book: $(CHINESE)
	@echo "The book is built: open $(CURDIR)/_build/html/index.html"

pdf: _build/html/.complete
	$(OFFLINE) $(BIN)/python -m book.pdf _build/dlcourse.pdf

test: $(CHINESE)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(ONE) $(OFFLINE) $(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile $(addprefix --ignore=,$(ALONE))
	$(OFFLINE) $(BIN)/pytest --numprocesses $(CORES) --dist loadfile $(ALONE)

grade: $(VENV)/.installed
	$(OFFLINE) $(BIN)/python -m dlcourse.grading.demo

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks all

screenshots: _build/html/.complete
	$(BIN)/python -m tests.book.screenshots

lock: $(VENV)/.installed
	$(BIN)/pip install --quiet --upgrade --editable '.[book,teaching,cluster,test]'
	{ echo "# The exact set proven last; refresh it with: make lock"; \
	  $(BIN)/pip freeze --exclude-editable | grep -vE '^(nvidia-|cuda-|triton==)'; } > requirements.txt

clean:
	rm -rf _build .pytest_cache .ruff_cache
