"""A review's folder that is open: what is written there, and how; nothing of what decisions mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import RLock
from typing import Self

from mestring_nlp.codebook import Codebook, load_codebook
from mestring_nlp.errors import MestringError
from mestring_nlp.files import write_file
from mestring_nlp.review import opening
from mestring_nlp.review.codings_file import CODINGS, CodingsFile
from mestring_nlp.review.events import GONE, Change, Decision
from mestring_nlp.review.lock import FolderLock
from mestring_nlp.review.partition import Piece
from mestring_nlp.review.passages import Passage
from mestring_nlp.review.store import Store
from mestring_nlp.transcript import Transcript

_BLIND = "blind:"
"""The key, with a coder's name, of whether the coder codes blind."""


class ReviewFolder:
    """The folder of a review, held by this process alone; see `mestring_nlp.review.Review`.

    Attributes
    ----------
    folder : pathlib.Path
    coder : str
        Who decides.
    codebook : Codebook
    gone : dict of str to str
        Codes that the codebook had and has no longer, with their names.
    notes : list of str
        What the user should know of the opening.
    blind : bool
        Whether suggestions stay hidden until a passage is decided; as `hide` said last of this coder.
    passed : list of int
        Passages that were seen since the queue was begun, in this order.
    at_once : bool
        Whether ``codings.csv`` is written with each decision, or by `flush`.
    """

    def __init__(
        self, folder: Path, store: Store, lock: FolderLock, coder: str, notes: list[str]
    ) -> None:
        self.folder, self.store, self.coder, self.notes = folder, store, coder, notes
        self.codebook, self.gone, said = opening.current_codebook(folder, store)
        self.notes += said
        self.blind, self.at_once = store.get(_BLIND + coder) == "1", True
        self.passed: list[int] = []
        self.lock = RLock()
        self._folder_lock = lock
        self._file = CodingsFile(store, folder / CODINGS, self.standing)
        self._progress: dict[tuple[str, int], dict[str, int]] = {}

    @classmethod
    def create(
        cls,
        folder: str | Path,
        transcripts: Iterable[Transcript],
        *,
        coder: str,
        codebook: Codebook | None = None,
        files: Mapping[str, Path] | None = None,
        project: bytes = b"",
    ) -> Self:
        """Start a review of transcripts in a new folder, or go on with the review that is there.

        Parameters
        ----------
        folder : str or pathlib.Path
        transcripts : iterable of Transcript
            Those that the review lacks are added.
        coder : str
            Who decides.
        codebook : Codebook, optional
            Of a new review; the bundled one if left out.
        files : mapping of str to pathlib.Path, optional
            Where each transcript was read from.
        project : bytes, optional
            The REFI-QDA project that the transcripts are from, of which a copy can be made later.

        Returns
        -------
        Review

        Raises
        ------
        MestringError
            The folder cannot be written, is open elsewhere, or holds something else; or a transcript
            has changed since it was coded.
        """
        path, name = Path(folder), opening.checked_coder(coder)
        if opening.is_review(path):
            review = cls.open(path, coder=name, remember=False)
        else:
            opening.check_database(path)
            if path.exists() and (not path.is_dir() or any(path.iterdir())):
                raise MestringError(
                    "it exists already and holds no review",
                    place=str(path),
                    hint="Choose another folder with --out.",
                )
            try:
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise MestringError(
                    f"the folder cannot be made ({error.strerror})",
                    place=str(path),
                    hint="Choose another folder with --out.",
                ) from error
            lock = FolderLock(path)
            review = cls(path, opening.new_store(path, codebook or load_codebook()), lock, name, [])
            if project:
                write_file(path / opening.PROJECT, project)
        try:
            review.add(transcripts, files or {})
        except BaseException:
            review.close()
            raise
        return review

    @classmethod
    def open(cls, folder: str | Path, *, coder: str | None = None, remember: bool = True) -> Self:
        """Open a review.

        Parameters
        ----------
        folder : str or pathlib.Path
        coder : str, optional
            Who decides; who opened it last if left out.
        remember : bool, default True
            Whether that coder is the one who opened it last from now on; else from `add` on.

        Returns
        -------
        Review
            Its `notes` say what of a damaged database was saved, and which codes are gone.

        Raises
        ------
        MestringError
            There is no review, it is open elsewhere, it cannot be saved, or a text has changed.
        """
        path = Path(folder)
        if not path.is_dir() or not opening.is_review(path):
            opening.opened_store(path)
        lock = FolderLock(path)
        try:
            store, notes = opening.opened_store(path)
            opening.check_copies(path, store)
            name = opening.checked_coder(coder or store.get("coder", "coder"))
            if remember:
                with store.transaction():
                    store.set("coder", name)
            review = cls(path, store, lock, name, notes)
            review.flush()
        except BaseException:
            lock.release()
            raise
        return review

    def close(self) -> None:
        """Write what is unwritten, and give the folder back."""
        with self.lock:
            try:
                self.flush()
            finally:
                self.store.close()
                self._folder_lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def hide(self, blind: bool) -> None:
        """Keep suggestions hidden until a passage is decided, or show them, from now on."""
        with self.lock, self.store.transaction():
            self.store.set(_BLIND + self.coder, str(int(blind)))
        self.blind = blind

    def add(
        self, transcripts: Iterable[Transcript], files: Mapping[str, Path] | None = None
    ) -> list[str]:
        """Add transcripts that the review lacks, and return their names; see `create`."""
        with self.lock:
            added = opening.add_transcripts(self.folder, self.store, transcripts, files or {})
            with self.store.transaction():
                self.store.set("coder", self.coder)
            self.touch(range(len(self.store.names)))
            return added

    def standing(self, name: str) -> list[Passage] | None:
        """Return what stands for two coders in an interview; see `negotiation.adjudicated`."""
        from mestring_nlp.review.negotiation import adjudicated

        return adjudicated(self, name)

    def flush(self) -> None:
        """Write ``codings.csv`` if anything has changed."""
        with self.lock:
            self._file.write()

    def replace(
        self, old: Sequence[Passage], new: Sequence[Piece], act: str, *, name: str = ""
    ) -> list[int]:
        """Replace passages by others in one step, with their memos, and return the new ones' ids."""
        name = name or old[0].transcript
        with self.store.transaction():
            ids = self.store.add_passages(name, [(p.turn, p.start, p.end) for p in new], base=False)
            changes = [Change.decision(p.id, p.decision, Decision(GONE)) for p in old]
            for made, piece in zip(ids, new, strict=True):
                if piece.source is not None:
                    self.store.copy_suggestion(piece.source, made)
                changes.append(Change.decision(made, Decision(GONE), piece.decision))
            changes += _moved_memos(old, new, ids)
            self.store.add_events(changes, coder=self.coder, by=self.coder, act=act)
        self.touch([self.store.names.index(name)])
        return ids

    def commit(
        self,
        changes: Sequence[Change],
        act: str,
        *,
        coder: str = "",
        note: str = "",
        undoes: int | None = None,
    ) -> None:
        """Write changes as one step."""
        if not changes:
            return
        coder = coder or self.coder
        with self.store.transaction():
            self.store.add_events(changes, coder=coder, by=self.coder, act=act, note=note, undoes=undoes)
        ids = [change.passage for change in changes if change.passage is not None]
        ids += [int(c.target[8:]) for c in changes if c.target.startswith("passage:")]
        # What two coders agree on in an interview may hang on what they settled in another.
        self.touch(self._numbers(ids) if coder == self.coder else range(len(self.store.names)))

    def _numbers(self, ids: Sequence[int]) -> Iterable[int]:
        """Return the interviews, by number, that passages are in."""
        if len(ids) > 500:
            return range(len(self.store.names))
        marks = ", ".join("?" * len(ids))
        return {
            row[0] for row in self.store.rows(f"SELECT number FROM passages WHERE id IN ({marks})", ids)
        }

    def touch(self, numbers: Iterable[int]) -> None:
        """Count some interviews anew, and write ``codings.csv`` unless that waits for `flush`."""
        listed = set(numbers)
        self._progress = {key: value for key, value in self._progress.items() if key[1] not in listed}
        self._file.touch(listed)
        if self.at_once:
            self.flush()


def _moved_memos(old: Sequence[Passage], new: Sequence[Piece], ids: Sequence[int]) -> list[Change]:
    """Return the changes that move each memo to the new passage where the old one began."""
    moved: dict[int, list[str]] = {}
    changes = []
    for passage in old:
        if passage.memo:
            spans = zip(ids, new, strict=True)
            within = (made for made, piece in spans if piece.start <= passage.start < piece.end)
            moved.setdefault(next(within, ids[0]), []).append(passage.memo)
            changes.append(Change(None, passage.memo, "", f"passage:{passage.id}"))
    changes += [Change(None, "", "\n".join(texts), f"passage:{made}") for made, texts in moved.items()]
    return changes
