"""The layout of a saved model's arrays: the name, shape and range of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mestring_nlp.conformal import KINDS
from mestring_nlp.context import CONTEXT
from mestring_nlp.errors import MestringError
from mestring_nlp.features import NGRAM_VIEWS, VIEWS
from mestring_nlp.stacking import IN_SEQUENCE, NEIGHBOURS

LARGEST = 1e9
"""Beyond what any weight can be, and so small that what is computed from weights stays finite."""

TRAIN_AGAIN = "Copy the model again, or train it again."


class Layout(NamedTuple):
    """What an array of a saved model must be.

    Attributes
    ----------
    shape : tuple of str
        Sizes by name. Those that nobody gave are what the first array with the name says.
    dtype : str
        As `numpy.dtype` takes it; "U" for text.
    least, most : float
        Bounds of its numbers.
    """

    shape: tuple[str, ...]
    dtype: str = "f8"
    least: float = -LARGEST
    most: float = LARGEST


CLASSIFIER = {
    "threshold": Layout((), least=0.001, most=0.999),
    "scale": Layout((), least=1e-12, most=1000),
    "mean": Layout(("dimension",), least=-2, most=2),
    "rates": Layout(("answers",), least=0, most=1),
    "also": Layout(("two",), least=-1000, most=1000),
    **{f"conformal/{kind}": Layout((f"{kind} scores",), "f4", 0, 1) for kind in KINDS},
    **{f"conformal/{kind}_hands": Layout((f"{kind} scores",), "i4", 0, 1_000_000) for kind in KINDS},
    **{f"stack/{kind}": Layout((kind,)) for kind in KINDS},
    **{f"stack/{kind}{IN_SEQUENCE}": Layout((f"{kind}{IN_SEQUENCE}",)) for kind in KINDS},
    **{
        f"{name}/products": Layout(("answers", "pairs"), "f4")
        for name, view in VIEWS.items()
        if view.degree == 2
    },
    **{f"{name}/constant": Layout(("answers",)) for name, view in VIEWS.items() if view.degree == 2},
    **{
        f"{view}/coefficients": Layout((view if view in NGRAM_VIEWS else "dimension", "answers"), "f4")
        for view in VIEWS
    },
    **{f"{view}/intercept": Layout(("answers",)) for view in VIEWS},
    **{f"{view}/vocabulary": Layout((view,), "U") for view in NGRAM_VIEWS},
    **{f"{view}/idf": Layout((view,), "f4", 1, 100) for view in NGRAM_VIEWS},
}

OPTIONAL = {f"stack/{kind}{IN_SEQUENCE}" for kind in KINDS}
"""Left out, all of them, where there were too few interviews to learn them from."""

LEARNED = {"products", "constant", "coefficients", "intercept"}
"""What there is of a view only if the classifier learned from it."""

VECTORS = {
    name: Layout((rows, "dimension"), "f2", -60_000, 60_000)
    for name, rows in (("vectors", "passages"), ("lines", "lines"))
}


def check_classifier(
    arrays: Mapping[str, npt.NDArray[Any]],
    *,
    codes: int,
    dimension: int,
    ngrams: int,
    views: Mapping[str, Collection[str]],
    place: str = "",
) -> None:
    """Raise unless arrays are those of a classifier.

    Parameters
    ----------
    arrays : mapping of str to ndarray
    codes, dimension, ngrams : int
        How many codes there are, how long the encoder's vectors are, and how many n-grams a view may
        keep.
    views : mapping of str to collection of str
        The views of each of `mestring_nlp.conformal.KINDS`.
    place : str
        The file, for errors.

    Raises
    ------
    MestringError
        An array is missing, unknown, or another than `CLASSIFIER` says; the message names it.
    """
    answers = codes + 1
    unlearned = set(VIEWS).difference(*views.values())
    sizes = {
        "answers": answers,
        "dimension": dimension,
        "two": 2,
        "pairs": dimension * (dimension + 1) // 2,
    }
    for kind, chosen in views.items():
        sizes |= {kind: len(CONTEXT) * (len(chosen) + answers)}
        sizes |= {f"{kind}{IN_SEQUENCE}": len(CONTEXT) * (len(chosen) + len(NEIGHBOURS) + answers)}
    layout = {
        name: array
        for name, array in CLASSIFIER.items()
        if not (name in OPTIONAL and OPTIONAL.isdisjoint(arrays))
        and not (name.split("/")[0] in unlearned and name.split("/")[1] in LEARNED)
    }
    check(arrays, layout, sizes, place=place)
    for view in NGRAM_VIEWS:
        name, vocabulary = f"{view}/vocabulary", arrays[f"{view}/vocabulary"]
        if not 0 < len(vocabulary) <= ngrams:
            raise _wrong(name, f"has {len(vocabulary)} n-grams, must have 1 to {ngrams}", place)
        if len(set(vocabulary)) < len(vocabulary):
            raise _wrong(name, "has an n-gram twice", place)


def check(
    arrays: Mapping[str, npt.NDArray[Any]],
    layout: Mapping[str, Layout],
    sizes: Mapping[str, int],
    *,
    place: str = "",
) -> None:
    """Raise unless arrays are those of a layout, each of its shape, type and range.

    Parameters
    ----------
    arrays : mapping of str to ndarray
    layout : mapping of str to Layout
    sizes : mapping of str to int
        Those that are known; the others are what the first array says that has them.
    place : str
        The file, for errors.

    Raises
    ------
    MestringError
        The message names the array, and what it is.
    """
    found = dict(sizes)
    for name in sorted(layout.keys() - arrays.keys()):
        raise _wrong(name, "is missing: the arrays are incomplete", place)
    for name in sorted(arrays.keys() - layout.keys()):
        raise _wrong(name[:60], "is none that a model has", place)
    for name, expected in layout.items():
        array = arrays[name]
        if len(array.shape) == len(expected.shape):
            for size, length in zip(expected.shape, array.shape, strict=True):
                found.setdefault(size, length)
        shape = tuple(found.get(size, 0) for size in expected.shape)
        if array.shape != shape:
            sized = ", ".join(expected.shape)
            raise _wrong(name, f"has shape {array.shape}, must have {shape}: ({sized})", place)
        if expected.dtype == "U":
            if array.dtype.kind not in "UO":
                raise _wrong(name, f"holds {array.dtype}, must hold text", place)
            continue
        if array.dtype != np.dtype(expected.dtype):
            raise _wrong(name, f"holds {array.dtype}, must hold {np.dtype(expected.dtype)}", place)
        # NumPy is ten times slower at the least of float16. Where there is a NaN, it is the least.
        numbers = array.astype(np.float32) if array.itemsize == 2 else array
        if numbers.size and not (numbers.min() >= expected.least and numbers.max() <= expected.most):
            inside = (numbers >= expected.least) & (numbers <= expected.most)
            value, span = numbers[~inside].flat[0], f"{expected.least:g} and {expected.most:g}"
            raise _wrong(name, f"holds {value:g}, must hold numbers between {span}", place)


def _wrong(name: str, problem: str, place: str) -> MestringError:
    return MestringError(f"the array {name!r} {problem}", place=place, hint=TRAIN_AGAIN)
