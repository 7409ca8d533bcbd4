"""What an encoder wants before each text: the prompt that it was trained with, by its model card.

Without it, or with that of another model, vectors are worse, and nothing says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

TASK = "Classify a passage of a Norwegian interview by the themes that it speaks about"
"""What models that take an instruction are told; in English, as they were trained."""

FAMILIES = (
    ("e5*instruct", f"Instruct: {TASK}\nQuery: "),
    ("e5", "query: "),
    ("embeddinggemma", "task: classification | query: "),
    ("qwen3-embedding", f"Instruct: {TASK}\nQuery:"),  # its card has no space here
    ("bge-m3", ""),
)
"""Part of a model's name, in which ``*`` is anything, and its prompt; the first that fits holds."""

_INSTRUCTS = "Instruct: "


def prompt_for(
    name: str, prompts: Mapping[str, str | None] | None = None, default: str | None = None
) -> str:
    r"""Choose the prompt for passages that are to be classified.

    Parameters
    ----------
    name : str
        The model's name on the hub, or its folder.
    prompts : mapping of str to str, optional
        The prompts in the model's own configuration, by task.
    default : str, optional
        The task whose prompt the model takes where none is named.

    Returns
    -------
    str
        The model's own for classification; else its own for queries, or by default; else that of its
        family in `FAMILIES`; else nothing. Only of a family that takes instructions is the family's
        used before its own for queries, which speaks of searching the web.

    Examples
    --------
    >>> prompt_for("intfloat/multilingual-e5-base")
    'query: '
    >>> prompt_for("intfloat/multilingual-e5-base", {"classification": "sort: "})
    'sort: '
    >>> prompt_for("NbAiLab/nb-sbert-base")
    ''
    """
    own = {task.casefold(): prompt for task, prompt in (prompts or {}).items() if prompt}
    known = next((prompt for family, prompt in FAMILIES if _is_of(family, name)), "")
    if "classification" in own:
        return own["classification"]
    if known.startswith(_INSTRUCTS):
        return known
    return own.get("query") or own.get((default or "").casefold()) or known


def _is_of(family: str, name: str) -> bool:
    """Return whether a name has the family's as a word of its own, as in ``me/my-e5-small``."""
    words = re.escape(family).replace(r"\*", ".*")
    return bool(re.search(rf"(?<![a-z0-9]){words}(?![a-z0-9])", name.casefold()))
