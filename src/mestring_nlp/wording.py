"""What is said in Norwegian in more places than one: on pages, in Word, in QDA programs' memos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mestring_nlp.codebook import Code, Codebook
from mestring_nlp.suggestion import Reason, Suggestion
from mestring_nlp.transcript import Transcript

NO_CODE = "Ingen kode"
GUESSED = "Hvem som er informant, er gjettet ut fra hvem som spør. Kontroller at det stemmer."


def named(code: str, codebook: Codebook) -> str:
    """Return a code's name in a codebook; an unknown code stands as it is, and "" is no code."""
    return codebook[code].name if code in codebook.ids else code or NO_CODE


def comma(number: str) -> str:
    """Give a number as Norwegians write it.

    Examples
    --------
    >>> comma("0.65")
    '0,65'
    """
    return number.replace(".", ",")


def guarded_like_interviews(what: str, coder: str) -> str:
    """Say who made something, who decides, and that it is personal data.

    Parameters
    ----------
    what : str
        In the definite form, such as ``"Dokumentet"``.
    coder : str
    """
    return (
        f"Kodeforslag fra {coder}. Maskinen foreslår, du avgjør. {what} inneholder intervjuet og "
        "er en personopplysning: lagre det like trygt som intervjuet."
    )


def summary(transcript: Transcript, suggestions: Sequence[Suggestion]) -> str:
    """Say what became of an interview's passages, and who decides."""
    coded = sum(bool(s.codes) for s in suggestions)
    unsure = sum(s.abstained for s in suggestions)
    lines = [
        f"Kodeforslag for {len(suggestions)} avsnitt: {coded} med kode, "
        f"{len(suggestions) - coded - unsure} uten kode, {unsure} der maskinen er usikker. Forslagene "
        "er laget av en maskin som har lært av kodede avsnitt. Du avgjør."
    ]
    if transcript.roles_guessed:
        lines.append(GUESSED)
    return "\n".join(lines)


def remark(suggestion: Suggestion, codes: Mapping[str, Code]) -> str:
    """Say how probable a suggestion's codes are, and why; a line a thought.

    Parameters
    ----------
    suggestion : Suggestion
    codes : mapping of str to Code
        By id.
    """
    lines = [answers(suggestion, codes)]
    if reason := suggestion.reason:
        if reason.words:
            words = ", ".join(word for word, _ in reason.words)
            why = codes[reason.code].name if reason.code else NO_CODE.lower()
            lines.append(f"Hvorfor {why}? Ord som talte for: {words}.")
        if reason.line:
            lines.append(f"Nærmest i kodeboken: {reason.line}")
    return "\n".join(lines)


def answers(suggestion: Suggestion, codes: Mapping[str, Code]) -> str:
    """Say how probable a suggestion's codes are, or what it could be where the machine is unsure."""
    percent = {**suggestion.probabilities, "": suggestion.no_code}
    named = ", ".join(
        f"{codes[code].name if code else NO_CODE} {100 * percent[code]:.0f} %"
        for code in (suggestion.prediction_set if suggestion.abstained else suggestion.codes)
    )
    return f"Usikker: {named}. Vurder selv." if suggestion.abstained else named


def weighed(reason: Reason) -> str:
    """Say in Norwegian how much passage, question and the passages around weighed.

    Examples
    --------
    >>> weighed(Reason("mestring", 3.0, 1.0, -0.2, (), "", ()))
    'Avsnittet veide 75 %, spørsmålet 25 %. Avsnittene rundt talte mot.'
    """
    parts = {
        "avsnittet": reason.passage,
        "spørsmålet": reason.question,
        "avsnittene rundt": reason.neighbours,
    }
    shares = {name: value for name, value in parts.items() if value > 0}
    total = sum(shares.values())
    if not total:
        return "Lite talte for; dette er bare det minst usannsynlige."
    shown = {name: round(100 * value / total) for name, value in shares.items()}
    sentence = ", ".join(
        f"{name}{' veide' if first else ''} {percent} %"
        for first, (name, percent) in zip((True, False, False), shown.items(), strict=False)
    )
    against = " og ".join(name for name, value in parts.items() if value < 0)
    sentence = f"{sentence[0].upper()}{sentence[1:]}."
    return f"{sentence} {against[0].upper()}{against[1:]} talte mot." if against else sentence
