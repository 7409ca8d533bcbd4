"""Which files of a folder are transcripts, and what becomes of the others."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mestring_nlp.errors import MestringError
from mestring_nlp.own_files import is_own
from mestring_nlp.readers.assembler import transcript_from
from mestring_nlp.readers.columns import checked_columns
from mestring_nlp.readers.formats import MIXED, SUFFIXES, read_content, why_no_talk
from mestring_nlp.readers.lines import Line, NoSpeakersError
from mestring_nlp.readers.sources import name_of
from mestring_nlp.readers.speakers import Named
from mestring_nlp.regular_files import as_spelled, read_bytes

_AS_WORD = "Open it and save it as .docx."
_AS_TABLE = "Open it and save it as .xlsx."
_AS_TEXT = "Export it as .docx, .txt, .vtt or .srt."

_OTHERS = {
    ("an old Word document", _AS_WORD): ".doc .dot .wps .wpd",
    ("a Word document with macros, or a template", _AS_WORD): ".docm .dotm .dotx",
    ("a document of Apple's Pages", "Open it in Pages and export it as .docx."): ".pages",
    ("an OpenDocument file of another kind", "Open it and save it as .odt."): ".fodt .ott .sxw .odm",
    ("a workbook of another kind", _AS_TABLE): ".xls .xlsm .xlsb .ods .fods .numbers",
    ("a transcript of a program whose files are not read", _AS_TEXT): (
        ".eaf .exb .textgrid .trs .cha .sbv .ass .ssa .ttml .dfxp .lrc .otr .oTranscribe .epub"
    ),
    ("an archive", "Unpack it, and give the folder."): ".zip .7z .rar .tar .gz .tgz",
    ("a REFI-QDA project", "Give it alone: mestring suggest PROJECT.qdpx --out NEW.qdpx."): ".qdpx",
    ("a project of a QDA program", "Export it as a REFI-QDA project (.qdpx)."): (
        ".nvp .nvpx .mx18 .mx20 .mx22 .mx24 .mex22 .mex24 .mqda .atlproj .atlasproj .hpr7 .qda"
    ),
}
"""What files are whose words are not read, the next step, and their suffixes."""

_NO_TEXT = {
    ("a recording", "Transcribe it first."): (
        ".mp3 .m4a .wav .wma .aac .ogg .opus .oga .flac .amr .aif .aiff .caf .dss .ds2 .3gp "
        ".mp4 .m4v .mov .avi .mkv .webm .wmv .mpg .mpeg .mts"
    ),
    ("a picture", "Run text recognition (OCR) on it first, if it shows an interview."): (
        ".png .jpg .jpeg .heic .tif .tiff .gif .bmp .webp .svg"
    ),
    ("no transcript", ""): (
        ".yaml .yml .toml .ini .cfg .qdc .jsonl .xml .xsd .db .sqlite .log .py .r .rmd .ipynb .ics .lnk "
        ".url .tmp .bak .css .js"
    ),
}
"""What files are that hold no interview in words, the next step, and their suffixes."""

_KINDS = {
    suffix.casefold(): (*kind, doubtful)
    for kinds, doubtful in ((_OTHERS, True), (_NO_TEXT, False))
    for kind, suffixes in kinds.items()
    for suffix in suffixes.split()
}
_BUNDLES = (".pages", ".numbers", ".key", ".nvpx")
"""Documents that are folders on a Mac, with previews in them that are no interview of their own."""

_OWN = ("codings, or a result of mestring", "Give it by itself if it is to be read as an interview.")
_SAME = 0.8
"""The share of a file's words that another must have to hold the same talk."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Unread:
    """A file that is not read.

    Attributes
    ----------
    file : pathlib.Path
    reason : str
        What it is, or what is wrong with it.
    hint : str
        What the user can do about it, if anything.
    doubtful : bool
        Whether it may hold an interview whose words are in no other file.
    """

    file: Path
    reason: str
    hint: str = ""
    doubtful: bool = False

    def __str__(self) -> str:
        return f"{self.file} is not read: {self.reason}. {self.hint}".strip()


class Found(NamedTuple):
    """The transcripts that were found, in a stable order, and the files that are not read."""

    files: list[Path]
    unread: list[Unread]


def find_transcripts(paths: list[Path], *, columns: Mapping[str, str] | None = None) -> list[Path]:
    """List the transcripts that files and folders name, in a stable order, each once.

    Parameters
    ----------
    paths : list of pathlib.Path
        Files are taken as they are; folders are searched for the suffixes in `SUFFIXES`. Left out are
        hidden files; tables, pages and JSON that hold no talk; what this library wrote; and of files
        of one name with the same talk, as Whisper writes them, all but the one that tells most: first
        speakers, then times.
    columns : mapping of str to str, optional
        See `read_transcript`.

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    MestringError
        A path does not exist, or a folder holds no transcript.
    """
    return look_for_transcripts(paths, columns=columns).files


def look_for_transcripts(paths: Sequence[Path], *, columns: Mapping[str, str] | None = None) -> Found:
    """Find transcripts as `find_transcripts` does, and name the files that are not read, with why.

    Raises
    ------
    MestringError
        A path does not exist, or a folder holds no transcript.
    """
    headings = checked_columns(columns or {})
    found: dict[Path, None] = {}
    unread: dict[Path, Unread] = {}
    for path in map(as_spelled, paths):
        if path.is_dir():
            inside, others = _inside(path, headings)
            if not inside:
                raise _nothing(path, others)
            found |= dict.fromkeys(inside)
            unread |= {other.file: other for other in others}
        elif path.exists():
            found[path] = None
        else:
            raise MestringError("no such file or folder", place=str(path), hint="Check the path.")
    less = {other.file: other for other in _told_better(list(found), headings)}
    files = [file for file in found if file not in less]
    return Found(
        files, [*(other for file, other in unread.items() if file not in found), *less.values()]
    )


def _nothing(folder: Path, others: Sequence[Unread]) -> MestringError:
    """Return the error about a folder without a transcript; it names what comes closest."""
    shown = next((other for other in others if other.doubtful), None)
    hint = f"Transcripts end in {', '.join(SUFFIXES)}."
    return MestringError(
        "the folder holds no transcript", place=str(folder), hint=f"{shown} {hint}" if shown else hint
    )


def _inside(folder: Path, columns: Mapping[str, str]) -> tuple[list[Path], list[Unread]]:
    files: list[Path] = []
    unread: list[Unread] = []
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        if any(part.startswith((".", "~$")) for part in parts):
            continue
        bundle = next((n for n, x in enumerate(parts) if x.casefold().endswith(_BUNDLES)), len(parts))
        if bundle < len(parts) - 1 or not (file.is_file() or bundle < len(parts)):
            continue
        if other := _other(file, columns):
            unread.append(other)
        else:
            files.append(file)
    return files, unread


def _other(file: Path, columns: Mapping[str, str]) -> Unread | None:
    """Return why a file of a folder is not read, or None where it is."""
    suffix = file.suffix.casefold()
    if suffix == ".qdpx" and _is_ours(file):
        return Unread(file, *_OWN)
    if suffix not in SUFFIXES:
        known = _KINDS.get(suffix)
        if known:
            return Unread(file, *known)
        what = f"the suffix {suffix} is none of a transcript" if suffix else "it has no suffix"
        return Unread(file, what, "Give it by itself if it is an interview.", doubtful=not suffix)
    if suffix not in (*MIXED, ".docx", ".odt", ".md"):
        return None
    try:
        data = read_bytes(file)
    except MestringError:
        return None  # reading it says what is wrong
    if is_own(data, suffix):
        return Unread(file, *_OWN)
    error = why_no_talk(data, suffix=suffix, place=str(file), columns=columns)
    return Unread(file, error.problem, error.hint, doubtful=True) if error else None


def _is_ours(file: Path) -> bool:
    try:
        return is_own(read_bytes(file), file.suffix.casefold())
    except MestringError:
        return False


# ------------------------------------------------------------------ files of one name


class _Told(NamedTuple):
    """What a file tells: whether speakers, whether times, how much, and its words."""

    speakers: bool
    times: bool
    amount: int
    words: Counter[str]


def _told_better(files: Sequence[Path], columns: Mapping[str, str]) -> Iterator[Unread]:
    """Yield the files whose talk another of the same name and folder holds and tells more of."""
    named: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    for file in files:
        named[file.absolute().parent, name_of(file).casefold()].append(file)
    for group in named.values():
        told = {file: _told(file, columns) for file in group} if len(group) > 1 else {}
        ranked = sorted(told, key=lambda file: told[file][:3], reverse=True)
        kept: list[Path] = []
        for file in ranked:
            words = told[file].words
            better = next((x for x in kept if _share(words, told[x].words) >= _SAME), None)
            if better is None or not words:
                kept.append(file)
            else:
                yield Unread(
                    file, f"{better.name} holds the same talk{_and_more(told[better], told[file])}"
                )


def _told(file: Path, columns: Mapping[str, str]) -> _Told:
    """Read a file to see what it tells; one that cannot be read tells nothing, and is kept."""
    place = str(file)
    try:
        lines = read_content(
            read_bytes(file), suffix=file.suffix.casefold(), place=place, columns=columns
        )
    except MestringError:
        return _Told(False, False, 0, Counter())
    words = Counter(word.casefold() for line in lines for word in _WORD.findall(line.text))
    times = any(line.start is not None for line in lines)
    return _Told(_tells_speakers(lines, place), times, words.total(), words)


def _tells_speakers(lines: Sequence[Line], place: str) -> bool:
    try:
        transcript_from(lines, name="", place=place, named=Named())
    except NoSpeakersError:
        return False
    except MestringError:
        return any(not line.kind for line in lines)  # there are speakers, though not who is who
    return True


def _share(words: Counter[str], others: Counter[str]) -> float:
    """Return the share of words that are among others."""
    return (words & others).total() / words.total() if words else 0.0


def _and_more(better: _Told, less: _Told) -> str:
    """Return what one file tells that another does not."""
    more = [
        what
        for what, here, there in (
            ("who speaks", better.speakers, less.speakers),
            ("when", better.times, less.times),
        )
        if here and not there
    ]
    return f", and tells {' and '.join(more)}" if more else ""
