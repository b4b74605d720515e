PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
NATIVE := setup.py $(wildcard autograd_tiny/*.pxd autograd_tiny/*/*.pxd autograd_tiny/*/*.pyx autograd_tiny/*/*.h autograd_tiny/*/*/*.h) \
          $(wildcard autograd_tiny/engine/*.py autograd_tiny/calculus/*.py) autograd_tiny/vectors.py \
          autograd_tiny/tape/lowering.py autograd_tiny/tape/program.py

PIP    := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check

PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal
# not run with the pure engine: tests that start processes or a browser, or that check displayed results
SHOWN  := tests/show tests/course
PURE   := AUTOGRAD_TINY_PURE=1 $(PYTEST) $(addprefix --ignore=,$(SHOWN) tests/browser tests/boundary/test_native.py \
          tests/site tests/tools tests/test_documentation.py tests/test_package.py tests/test_workflows.py)
FORMS  := $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))

.DEFAULT_GOAL := help
.PHONY: help demo course test test-all check-course lint written pictures notebooks docs check-site bench wheels release-check clean

help:           ## list these targets
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */  make \1\t/' | expand -t 20

demo: $(firstword $(wildcard $(VENV)/.doors $(VENV)/.test) $(VENV)/.demo)   ## differentiate and draw f = (a+b)(b+c), train a network on the Iris data
	$(BIN)/python -u -m autograd_tiny.demo

course: $(VENV)/.course   ## open the course, thirteen notebooks, in JupyterLab
	$(BIN)/jupyter trust notebooks/*.ipynb
	$(BIN)/jupyter lab --ServerApp.root_dir=notebooks --LabApp.default_url=/lab/tree/01-the-first-gradient.ipynb

test: $(VENV)/.test   ## run the tests, with the native engine and then with the pure one
	$(PYTEST)
	$(PURE)

test-all: $(VENV)/.doors   ## the same, and the long ones: coverage; tapes in other libraries
	$(PYTEST) -m "not doors and not site" $(addprefix --ignore=,$(SHOWN))
	$(PYTEST) -m "not site" $(SHOWN) --cov --cov-report=
	$(PYTEST) -m doors $(addprefix --ignore=,$(SHOWN)) --cov --cov-append --cov-report=
	$(PURE) --ignore=tests/calculus --ignore=tests/properties --cov --cov-append --cov-fail-under=95
	$(PURE) tests/calculus tests/properties

check-course: $(VENV)/.course   ## run the notebooks, which must show what they are kept with
	$(BIN)/python notebooks/execute.py --check notebooks/*.ipynb

lint: $(VENV)/.lint   ## check style, types, which way imports point, workflows and forms
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/actionlint -shellcheck $(BIN)/shellcheck
	$(BIN)/zizmor --quiet --offline --min-severity=medium .github
	$(BIN)/shellcheck .ci/run
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.citation-file-format CITATION.cff
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms $(FORMS)

written: $(BIN)/python   ## write anew what is made from the rows of the calculus and from the list of public names
	$(BIN)/python tools/written.py

pictures: $(firstword $(wildcard $(VENV)/.doors $(VENV)/.test) $(VENV)/.demo)   ## draw anew those pictures of the documentation that are SVG
	$(BIN)/python tools/pictures.py

notebooks: $(VENV)/.course   ## run the notebooks and keep what they show
	$(BIN)/python notebooks/execute.py notebooks/*.ipynb

docs: $(VENV)/.docs   ## build the site, with the course and the reference, into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@if command -v npm > /dev/null; then $(BIN)/python tools/try_page.py site/try; \
	else echo "the page that runs the package in the browser, site/try, needs npm and is left out"; fi
	@$(BIN)/python tools/built_site.py

check-site: $(VENV)/.docs   ## look at every page of the site in a browser: links, errors, accessibility
	$(PYTEST) -m site tests/site

bench: $(VENV)/.bench   ## measure against micrograd, PyTorch, XAD, JAX …; writes benchmarks/results.md
	$(BIN)/python benchmarks/run.py

release-check: $(VENV)/.release   ## say whether this version can be released, by its texts, the tag, and the files in dist/
	$(BIN)/python tools/release_check.py $(CHECK)

wheels: $(VENV)/.wheels   ## build the source distribution and a wheel for each of PYTHONS into dist/, and try them
	$(BIN)/python tools/wheels.py $(PYTHONS)

clean:          ## remove everything that was built, the virtual environments too
	rm -rf $(VENV) .venv .venv-* build dist out site tools/try/node_modules *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find autograd_tiny \( -name '*.c' -o -name '*.so' -o -name '*.pyd' \) -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=…")'
	@echo "making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

# a stamp for the native engine, which is compiled again when its sources have changed, and one for each extra
$(VENV)/.engine: $(VENV)/bin/python pyproject.toml $(NATIVE)
	@echo "installing Cython"
	@$(PIP) $$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"])')
	@echo "compiling the native engine: about a minute on two cores"
	@$(BIN)/python setup.py -q build_ext --inplace
	@touch $@

$(addprefix $(VENV)/.,demo course test doors bench): $(VENV)/.engine
$(VENV)/.%: $(VENV)/bin/python pyproject.toml
	@echo "installing the libraries of the extra '$*'"
	@AUTOGRAD_TINY_PURE=1 $(PIP) --editable ".[$*]"
	@touch $@
