"""Times as they are written: ``1:20``, ``00:01:20.5``, ``0 minutes 3 seconds``."""

from __future__ import annotations

import re

CLOCK = r"(?:\d{1,3}:\d{2}(?::\d{2})?(?:[.,;:-]\d{1,9})?|\d{1,2}\.\d{2}\.\d{2}(?:[.,]\d{1,9})?)(?!:?\d)"
"""A time such as ``1:20``, ``00:01:20``, ``00:01:20.5``, ``00:01:20:500`` or ``00.01.20``."""

SAID = (
    r"(?i:(?:\d{1,2} (?:hours?|timer?|timar|timmar?),? )?\d{1,2} (?:minut\w{0,4}|min\.?),? "
    r"(?:(?:and|og|och) )?\d{1,2} (?:seconds?|sekund\w{0,3}|sek\.?))"
)
"""A time in words, as Teams shows it."""

_PLAIN = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3}|-\d(?![\d:]))?"
_SPAN = re.compile(rf"\W*({_PLAIN})(?:\s*(?:-+>?|–|—|til|to)\s*({_PLAIN}))?\W*")


def span(text: str) -> tuple[float | None, float | None] | None:
    """Return start and end, in seconds, of ``0:01:20`` or ``0:01:20.5 - 0:01:25``; else None."""
    match = _SPAN.fullmatch(text)
    if not match:
        return None
    return seconds(match[1]), seconds(match[2]) if match[2] else None


def seconds(clock: str) -> float:
    """Return the seconds of ``m:ss``, ``h:mm:ss``, ``h.mm.ss``, ``3.00s`` or ``0 minutes 3 seconds``.

    A fraction stands behind point, comma, hyphen, or a third colon; two digits there count pictures, and
    are passed over.
    """
    clock = clock.removesuffix("s")
    if re.search(r"[^\W\d_]", clock):
        parts = [int(number) for number in re.findall(r"\d+", clock)]
        return float(sum(number * 60**power for power, number in enumerate(reversed(parts[:3]))))
    if re.fullmatch(r"\d{1,2}\.\d{2}\.\d{2}(?:[.,]\d+)?", clock):
        clock = clock.replace(".", ":", 2)
    if match := re.fullmatch(r"(\d+:\d+:\d+)[:;](\d+)", clock):
        clock = f"{match[1]}.{match[2]}" if len(match[2]) == 3 else match[1]
    whole, *fraction = re.split(r"[-.,]", clock)
    total = 0.0
    for part in re.split("[:;]", whole):
        total = total * 60 + int(part)
    return total + float(f"0.{fraction[0]}") if fraction else total
