"""What people decided about finds: a table that is written, edited, and read by the next run."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mestring_nlp.errors import MestringError
from mestring_nlp.privacy.identifiers import KINDS, Identifier
from mestring_nlp.regular_files import read_bytes
from mestring_nlp.text import cell as guarded
from mestring_nlp.text import csv_bytes

if TYPE_CHECKING:
    from mestring_nlp.privacy.replacing import Shown

COLUMNS = (
    "document", "start", "end", "kind", "text", "before", "after", "confidence", "placeholder", "decision",
    "same_as", "doubt",
)  # fmt: skip
DECISIONS = ("keep", "replace", "add")
_WORDS = {"behold": "keep", "erstatt": "replace", "legg til": "add", "legg_til": "add", "ny": "add"}
_AROUND = 20


@dataclass(frozen=True)
class Decisions:
    """Decisions of people, for single finds and, where all of one form are alike, for the form.

    Attributes
    ----------
    single : mapping of (str, str, str, str) to str
        By document, text, and what stands right before and after.
    forms : mapping of str to str
        By the text as it is written.
    additions : mapping of str to str
        Texts that people added, with their kind.
    same_as : mapping of str to str
        Labels by casefolded text.
    rows : tuple of mapping of str to str
        The table's rows, so that those of interviews that are not read this time stay in it.
    """

    single: Mapping[tuple[str, str, str, str], str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    additions: Mapping[str, str] = field(default_factory=dict)
    same_as: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Mapping[str, str], ...] = ()

    def of(self, document: str, one: Identifier, text: str) -> str:
        """Return what was decided about a find; empty where nothing was."""
        before, after = _near(text[: one.start], text[one.end : one.end + 2 * _AROUND])
        decided = self.single.get((document, one.text, before, after))
        return decided or self.forms.get(one.text, "")

    def added(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where texts that people added stand, as whole words."""
        for words, kind in sorted(self.additions.items(), key=lambda item: -len(item[0])):
            for match in re.finditer(
                rf"(?<!\w){re.escape(words)}(?!\w)|(?<!\w){re.escape(words)}(?=s\b)", text
            ):
                yield *match.span(), kind


def read_decisions(file: Path) -> Decisions:
    """Read a table of finds in which people decided.

    Parameters
    ----------
    file : pathlib.Path
        CSV with `COLUMNS`, divided by commas or semicolons; ``decision`` is empty, ``keep``, ``replace`` or
        ``add`` (or ``behold``, ``erstatt``, ``legg til``). A row to add needs ``text`` and ``kind``.

    Returns
    -------
    Decisions

    Raises
    ------
    MestringError
        It is no such table, or a row has an unknown decision or kind.
    """
    try:
        text = read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MestringError(
            "the table is not in UTF-8", place=str(file), hint="Save it as CSV UTF-8."
        ) from error
    head = text.partition("\n")[0]
    rows = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ","
    )
    if not {"text", "decision"} <= set(rows.fieldnames or ()):
        raise MestringError(
            "the table lacks the columns text and decision",
            place=str(file),
            hint="Give the table that `mestring pseudonymise` wrote.",
        )
    single: dict[tuple[str, str, str, str], str] = {}
    forms: dict[str, set[str]] = defaultdict(set)
    additions: dict[str, str] = {}
    same_as: dict[str, str] = {}
    every: list[dict[str, str]] = []
    for number, row in enumerate(rows, start=2):
        place = f"{file}, row {number}"
        every.append({name: _plain(row.get(name)) for name in COLUMNS})
        words, decision = _plain(row["text"]), (row["decision"] or "").strip().casefold()
        decision = _WORDS.get(decision, decision)
        if decision and decision not in DECISIONS:
            raise MestringError(
                f"the decision is {decision!r}",
                place=place,
                hint=f"Write {', '.join(DECISIONS)}, or nothing.",
            )
        if label := (row.get("same_as") or "").strip(" []"):
            same_as[words.casefold()] = label
        if not decision or not words:
            continue
        if decision == "add":
            kind = (row.get("kind") or "person").strip()
            if kind not in KINDS:
                raise MestringError(
                    f"the kind is {kind!r}", place=place, hint=f"The kinds are: {', '.join(KINDS)}."
                )
            additions[words] = kind
            continue
        before, after = _near(_plain(row.get("before") or ""), _plain(row.get("after") or ""))
        single[_plain(row.get("document") or ""), words, before, after] = decision
        forms[words].add(decision)
    alike = {words: next(iter(made)) for words, made in forms.items() if len(made) == 1}
    return Decisions(single, alike, additions, same_as, tuple(every))


def in_order(shown: Iterable[Shown]) -> list[Shown]:
    """Return finds as people look at them: doubtful ones, then the least sure, first."""
    return sorted(
        shown, key=lambda one: (not one.doubt, one.find.confidence, one.document, one.find.start)
    )


def table_rows(shown: Iterable[Shown], earlier: Decisions) -> list[list[str | int]]:
    """Return the rows of the table to decide in: finds in order, then what stays of the earlier table.

    Those are rows of interviews that were not read this time, and additions that were not met.
    """
    rows = in_order(shown)
    there = {one.document for one in rows}
    used = {one.find.text for one in rows if one.decision == "add"}
    kept = [
        row
        for row in earlier.rows
        if (row["document"] and row["document"] not in there)
        or (_WORDS.get(row["decision"], row["decision"]) == "add" and row["text"] not in used)
    ]
    made: list[list[str | int]] = [
        [
            one.document, one.find.start, one.find.end, one.find.kind, one.find.text, one.before, one.after,
            f"{one.find.confidence:.2f}", one.placeholder, one.decision,
            earlier.same_as.get(one.find.text.casefold(), ""), one.doubt,
        ]
        for one in rows
    ]  # fmt: skip
    made += [[row[name] for name in COLUMNS] for row in kept]
    return made


def decisions_csv(shown: Iterable[Shown], earlier: Decisions) -> bytes:
    """Return the table to decide in as CSV, with the mark by which spreadsheets know UTF-8."""
    return b"\xef\xbb\xbf" + csv_bytes([COLUMNS, *table_rows(shown, earlier)])


def _plain(cell: str | None) -> str:
    """Return a cell's text without the apostrophe that guards it against being a formula."""
    text = cell or ""
    return text[1:] if text[:1] == "'" and guarded(text[1:]) == text else text


def _near(before: str, after: str) -> tuple[str, str]:
    """Return the few characters around a find by which it is known again, without white space."""
    return "".join(before.split())[-_AROUND:], "".join(after.split())[:_AROUND]
