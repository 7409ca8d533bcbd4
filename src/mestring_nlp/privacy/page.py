"""The page of finds: each in its context, least sure first, to keep, replace or add by key."""

from __future__ import annotations

from collections.abc import Sequence

from mestring_nlp.privacy.decisions import COLUMNS, Decisions, in_order, table_rows
from mestring_nlp.privacy.register import Doubt
from mestring_nlp.privacy.replacing import Shown
from mestring_nlp.writers.page import rendered

KIND_NAMES = {
    "person": "person", "place": "sted", "unit": "arbeidsplass", "phone": "telefon", "email": "e-post",
    "id_number": "nummer", "date": "dato", "age": "alder", "url": "nettadresse", "other": "annet",
}  # fmt: skip


def finds_page(shown: Sequence[Shown], doubts: Sequence[Doubt], earlier: Decisions) -> str:
    """Return a self-contained page of all finds, in Norwegian, that loads nothing from elsewhere.

    Parameters
    ----------
    shown : sequence of Shown
    doubts : sequence of Doubt
        What is in doubt about who is who.
    earlier : Decisions
        Those that this run followed.

    Returns
    -------
    str
        Decisions made on it are downloaded as the table that the next run reads.
    """
    rows = in_order(shown)
    return rendered(
        "finds",
        rows=rows,
        doubts=doubts,
        kinds=KIND_NAMES,
        columns=COLUMNS,
        replaced=sum(bool(one.placeholder) for one in rows),
        documents=len({one.document for one in rows}),
        present=sorted({one.find.kind for one in rows}, key=list(KIND_NAMES).index),
        data=table_rows(shown, earlier),
    )
