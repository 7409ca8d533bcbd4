"""Docstrings begin with an imperative, and public names document parameters and returns in numpydoc."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from conftest import ROOT

import mestring_nlp as mn

PACKAGE = ROOT / "src" / "mestring_nlp"
IMPERATIVES = """
Add Apply Assemble Assign Build Calibrate Call Check Choose Clean Close Code Combine Compare Compute
Convert Copy Count Create Cut Decide Decode Divide Draw Encode Estimate Evaluate Exchange Exit Extract Find
Fit Group Handle Insert Iterate Join Keep Learn List Load Map Measure Merge Move Open Parse Predict Print Put
Raise Read Remove Render Replace Report Restore Return Run Save Show Sort Split Start Suggest
Switch Tokenize Train Transform Validate Write Yield
"""
PENDING: set[str] = set()
"""Files whose docstrings are still to be rewritten."""

PENDING_NAMES: set[str] = set()
"""Public names whose parameters or returns are still to be documented."""


def _functions(node: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef]:
    """Yield public functions and methods, but not properties, whose docstrings are nouns."""
    for item in node.body:
        if isinstance(item, ast.ClassDef):
            yield from _functions(item)
        elif (
            isinstance(item, ast.FunctionDef)
            and not item.name.startswith("_")
            and not any("property" in ast.unparse(decorator) for decorator in item.decorator_list)
        ):
            yield item


def test_docstrings_begin_with_an_imperative() -> None:
    wrong = []
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE).as_posix()
        if name in PENDING:
            continue
        for function in _functions(ast.parse(file.read_text("utf-8"))):
            words = (ast.get_docstring(function) or "Return").split()
            if words[0].rstrip(",") not in IMPERATIVES.split():
                wrong.append(f"{name}:{function.lineno} {function.name}: {' '.join(words[:6])} ...")
    assert not wrong, "\n".join(wrong)


def _section(documentation: str, *titles: str) -> str | None:
    """Return the body of the first numpydoc section with one of some titles."""
    for title in titles:
        found = re.search(
            rf"^{title}\n-{{{len(title)}}}\n(.*?)(?=^\w[\w ]*\n-{{3,}}\n|\Z)",
            documentation,
            re.MULTILINE | re.DOTALL,
        )
        if found:
            return found[1]
    return None


def _undocumented(value: Any) -> list[str]:
    """Return the parameters that a docstring leaves out, and "Returns" where it leaves that out."""
    documentation = inspect.getdoc(value) or ""
    if is_dataclass(value):
        named = [item.name for item in fields(value) if not item.name.startswith("_")]
    elif inspect.isclass(value) and value.__init__ is object.__init__:
        named = []
    else:
        named = [name.lstrip("*") for name in inspect.signature(value).parameters]
    section = _section(documentation, "Parameters", "Attributes") or ""
    described = re.findall(r"^([\w*][\w*, ]*?)(?: :|$)", section, re.MULTILINE)
    given = {name.strip().lstrip("*") for line in described for name in line.split(",")}
    missing = [name for name in named if name not in given]
    if not inspect.isclass(value):
        returned = inspect.signature(value).return_annotation
        if returned not in (None, "None") and _section(documentation, "Returns", "Yields") is None:
            missing.append("Returns")
    return missing


@pytest.mark.parametrize("name", sorted({*mn.__all__} - {"__version__"} - PENDING_NAMES))
def test_public_names_document_parameters_and_returns(name: str) -> None:
    assert _undocumented(getattr(mn, name)) == []
