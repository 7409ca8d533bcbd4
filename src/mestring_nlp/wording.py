"""Sentences in Norwegian that pages, Word documents and QDA programs' memos share."""

from __future__ import annotations

from collections.abc import Mapping

from mestring_nlp.codebook import NO_CODE, Code, Codebook
from mestring_nlp.coded_interview import CodedInterview
from mestring_nlp.suggestion import Reason, Suggestion

DOUBTFUL = "Usikker"
"""What a QDA project says of a passage that a person left open."""

UNTESTED = (
    "Uprøvd: Ingen har kodet med denne kodeboken ennå. Forslagene bygger bare på definisjonene og på "
    "språkmodellens svar, og ingen har målt hvor ofte de stemmer. Prosentene er anslag."
)
GUESSED = "Hvem som er informant, er gjettet ut fra hvem som spør. Kontroller at det stemmer."


def named(code: str, codebook: Codebook) -> str:
    """Return a code's name in a codebook, an unknown code's id unchanged; "" is no code."""
    return codebook[code].name if code in codebook.ids else code or NO_CODE


def comma(number: str) -> str:
    """Return a number with a decimal comma.

    Examples
    --------
    >>> comma("0.65")
    '0,65'
    """
    return number.replace(".", ",")


def guarded_like_interviews(what: str, coder: str) -> str:
    """Return who made an output, who decides, and that it is personal data.

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


def summary(interview: CodedInterview) -> str:
    """Return an interview's counts and who decides; more lines on guessed roles, and if untested."""
    counts = interview.counts
    lines = [
        f"Kodeforslag for {counts.passages} avsnitt: {counts.coded} med kode, "
        f"{counts.without_code} uten kode, {counts.abstained} der maskinen er usikker. Forslagene er "
        "laget av en maskin som har lært av kodede avsnitt. Du avgjør."
    ]
    if interview.transcript.roles_guessed:
        lines.append(GUESSED)
    if any(suggestion.untested for suggestion in interview.suggestions):
        lines.append(UNTESTED)
    return "\n".join(lines)


def remark(suggestion: Suggestion, codes: Mapping[str, Code]) -> str:
    """Return the probabilities of a suggestion's codes and the reasons, one a line.

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
        if reason.assistant:
            named = {code: one.name for code, one in codes.items()}
            lines.append(second_opinion(reason, named))
    return "\n".join(lines)


def second_opinion(reason: Reason, names: Mapping[str, str]) -> str:
    """Return what a language model that was asked too said, under its name.

    Examples
    --------
    >>> asked = Reason("a", 1.0, 0.0, 0.0, (), "", (), assistant="liten", assistant_codes=("a",),
    ...                assistant_reason="Om å lede.")
    >>> second_opinion(asked, {"a": "Ledelse"})
    'Språkmodellen liten svarte Ledelse: «Om å lede.» Svaret veide ikke med.'
    """
    said = ", ".join(names.get(code, code) for code in reason.assistant_codes) or NO_CODE.lower()
    sentence = f": «{reason.assistant_reason}»" if reason.assistant_reason else "."
    silent = "" if reason.assistant_weight else " Svaret veide ikke med."
    return f"Språkmodellen {reason.assistant} svarte {said}{sentence}{silent}"


def percent(probability: float) -> int:
    """Return a probability in per cent; at most 99, because no model is sure of what people say.

    Examples
    --------
    >>> percent(0.9996), percent(0.504)
    (99, 50)
    """
    return min(99, round(100 * probability))


def answers(suggestion: Suggestion, codes: Mapping[str, Code]) -> str:
    """Return a suggestion's codes, or after an abstention its prediction set, with probabilities."""
    probable = {**suggestion.probabilities, "": suggestion.no_code}
    named = ", ".join(
        f"{codes[code].name if code else NO_CODE} {percent(probable[code])} %"
        for code in (suggestion.prediction_set if suggestion.abstained else suggestion.codes)
    )
    return f"Usikker: {named}. Vurder selv." if suggestion.abstained else named


def weighed(reason: Reason) -> str:
    """Return the shares of passage, question and neighbouring passages in a reason.

    Examples
    --------
    >>> weighed(Reason("mestring", 3.0, 1.0, -0.2, (), "", ()))
    'Avsnittet veide 75 %, spørsmålet 25 %. Avsnittene rundt talte mot.'
    """
    parts = {
        "avsnittet": reason.passage,
        "spørsmålet": reason.question,
        "de to lest sammen": reason.joint,
        "avsnittene rundt": reason.neighbours,
        "språkmodellen": reason.assistant_weight,
    }
    shares = {name: value for name, value in parts.items() if value > 0}
    total = sum(shares.values())
    if not total:
        return "Lite talte for; dette er bare det minst usannsynlige."
    shown = {name: round(100 * value / total) for name, value in shares.items()}
    sentence = ", ".join(
        f"{name}{' veide' if first else ''} {percent} %"
        for first, (name, percent) in zip((True, *([False] * 4)), shown.items(), strict=False)
    )
    against = " og ".join(name for name, value in parts.items() if value < 0)
    sentence = f"{sentence[0].upper()}{sentence[1:]}."
    return f"{sentence} {against[0].upper()}{against[1:]} talte mot." if against else sentence
