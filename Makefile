# Every target makes its own environment in .venv: python3 (3.11 or newer) and make are all it takes.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install demo test fuzz lint docs recipes bench clean

help:            ## list the targets
	@grep -hE '^[a-z]+: .*##|^[a-z]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "fer-xai needs Python 3.11 or newer; set PYTHON="'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

install: .venv/installed    ## make .venv with everything pinned

demo: install    ## report on the bundled faces by the bundled classifier
	$(BIN)/fer-xai report --out out/demo

test: install    ## run the tests
	$(BIN)/python -m pytest -n 2

fuzz: install    ## try more than 10,000 damaged and hostile inputs, new ones each time (minutes)
	FER_XAI_FUZZ=25 $(BIN)/python -m pytest tests/fuzz tests/web/test_attack.py

lint: install    ## check style and types
	$(BIN)/ruff check src tests examples docs benchmarks
	$(BIN)/ruff format --check src tests examples docs benchmarks
	$(BIN)/mypy

docs: install    ## build the documentation into docs/_build
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build

recipes: install    ## try every recipe at length (hours): make recipes DATA=fer2013.csv FERPLUS=fer2013new.csv
	$(BIN)/python benchmarks/recipes.py --data $(DATA) $(if $(FERPLUS),--ferplus $(FERPLUS)) $(if $(ONLY),--only $(ONLY))

bench: install    ## time every method against its bare passes and against other packages: make bench MODELS="baseline-cnn vgg16-48"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target .venv/peers -r benchmarks/speed/peers.txt
	PYTHONPATH=.venv/peers $(BIN)/python benchmarks/speed $(foreach model,$(MODELS),--model $(model))

clean:           ## remove what the other targets made
	rm -rf .venv out docs/_build .pytest_cache .mypy_cache .ruff_cache
