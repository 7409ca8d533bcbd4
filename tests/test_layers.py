"""The modules stand on each other without a circle, and each floor only on those below."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from conftest import ROOT

PACKAGE = ROOT / "src" / "mestring_nlp"
GROUND = {
    *("agreement", "agreement.alpha", "agreement.coefficients", "agreement.resampling"),
    "_version",
    "text",
    "errors",
    "transcript",
    "regression",
    "json_values",
    "offline",
}
"""These know nothing of ours but each other."""


def _name(file: Path) -> str:
    return ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def _imports(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import, those within functions too, but none that only a type checker makes."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node
    for below in ast.iter_child_nodes(node):
        yield from _imports(below)


def _graph() -> dict[str, set[str]]:
    files = {_name(file): file for file in PACKAGE.rglob("*.py")}
    graph: dict[str, set[str]] = {}
    for name, file in files.items():
        named: set[str] = set()
        for found in _imports(ast.parse(file.read_text("utf-8"))):
            if isinstance(found, ast.ImportFrom):
                inside = {f"{found.module}.{alias.name}" for alias in found.names}
                named |= {module if module in files else str(found.module) for module in inside}
            else:
                named |= {alias.name for alias in found.names}
        graph[name] = {module for module in named if module in files} - {name, "mestring_nlp"}
    return graph


def test_no_module_stands_on_itself() -> None:
    order = list(TopologicalSorter(_graph()).static_order())
    assert len(order) == len(list(PACKAGE.rglob("*.py")))


def test_what_everything_stands_on_stands_on_nothing() -> None:
    graph = _graph()
    ground = {f"mestring_nlp.{name}" for name in GROUND}
    assert all(graph[name] <= ground for name in ground)


def test_the_library_does_not_know_its_command_line() -> None:
    above = ("mestring_nlp.cli", "mestring_nlp.__main__")
    for name, stands_on in _graph().items():
        assert name.startswith(above) or not any(module.startswith(above) for module in stands_on), name
