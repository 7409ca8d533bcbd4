"""Findings: from coded interviews to the tables that researchers made by hand, each computed when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mestring_nlp.analysis import (
    adjusted_contrasts,
    adjusted_counts,
    along,
    code_by_case,
    code_by_variable,
    cooccurrence,
    core_categories,
    framework,
    saturation,
    themes,
)
from mestring_nlp.analysis.gathering import Source, gather
from mestring_nlp.analysis.material import FEW, Material
from mestring_nlp.analysis.survey import COLUMNS as SURVEY_COLUMNS
from mestring_nlp.analysis.survey import Survey, read_survey, survey_table
from mestring_nlp.analysis.survey import notes as survey_notes
from mestring_nlp.analysis.vectors import Vectors
from mestring_nlp.analysis.workbook import SHEETS
from mestring_nlp.encoding import Progress, load_encoder, no_progress

if TYPE_CHECKING:
    from pandas import DataFrame

    from mestring_nlp.model import Model


class Findings:
    """What coded interviews show, a DataFrame a method; use `mestring_nlp.findings`.

    Parameters
    ----------
    material : Material
    survey : Survey, optional
        See `mestring_nlp.analysis.survey`.
    near : int, default 3
        How many passages apart is near.
    base_size, run_length : int
    threshold : float
        See `mestring_nlp.analysis.saturation`.
    encoder : str or pathlib.Path, optional
        Of the passages' vectors; the bundled one if left out.
    seed : int, default 0
        Of everything that is drawn: the same seed, the same figures.
    progress : callable, optional
        See `mestring_nlp.encoding.Progress`.

    Attributes
    ----------
    material : Material
        The interviews and codings.
    answers : Survey or None
        Beside them.
    """

    def __init__(
        self,
        material: Material,
        survey: Survey | None = None,
        *,
        near: int = cooccurrence.NEAR,
        base_size: int = saturation.BASE,
        run_length: int = saturation.RUN,
        threshold: float = saturation.THRESHOLD,
        encoder: str | Path | None = None,
        seed: int = 0,
        progress: Progress = no_progress,
    ) -> None:
        self.material, self.near, self.threshold, self._seed = material, near, threshold, seed
        self.answers, self._base_size, self._run_length = survey, base_size, run_length
        loaded = None if encoder is None else load_encoder(encoder)
        self.vectors = Vectors(material, loaded, progress)

    def __repr__(self) -> str:
        coders = ", ".join(talk.coder for talk in self.material.coders)
        return f"<Findings: {len(self.material.cases)} cases, coded by {coders}>"

    @cached_property
    def code_by_case(self) -> DataFrame:
        """Passages, words and shares of each code in each case; of a machine, adjusted, with intervals."""
        table = code_by_case.code_by_case(self.material)
        keys = ["coder", "case", "code"]
        return table.merge(
            self.adjusted_counts[[*keys, "adjusted", "low", "high"]].astype({"adjusted": float}),
            on=keys,
            how="left",
        )

    @cached_property
    def code_by_variable(self) -> DataFrame:
        """Groups of cases contrasted in each code's share of their talk."""
        return code_by_variable.code_by_variable(self.material, seed=self._seed)

    @cached_property
    def cooccurrence(self) -> DataFrame:
        """Pairs of codes in a passage, in a turn and near each other, observed against expected."""
        return cooccurrence.cooccurrence(self.material, self.near)

    @cached_property
    def framework_matrix(self) -> DataFrame:
        """Short, cleaned quotations of each case by code."""
        return framework.framework_matrix(self.material)

    @cached_property
    def core_categories(self) -> DataFrame:
        """Codes measured by Strauss' criteria for a core category."""
        return core_categories.core_categories(self.material, self.vectors, seed=self._seed)

    @cached_property
    def saturation(self) -> DataFrame:
        """How much each run of interviews adds, in their order and in random orders."""
        sizes = self._base_size, self._run_length
        return saturation.saturation(self.material, *sizes, self.threshold, seed=self._seed)

    @cached_property
    def survey(self) -> DataFrame:
        """Mean answers by group beside the share of talk; empty without a survey."""
        if self.answers is None:
            from pandas import DataFrame

            return DataFrame(columns=list(SURVEY_COLUMNS))
        return survey_table(self.material, self.answers)

    @cached_property
    def themes(self) -> DataFrame:
        """Talk without a code, grouped."""
        return themes.themes(self.material, self.vectors, seed=self._seed)

    @cached_property
    def along_the_interview(self) -> DataFrame:
        """How much of each tenth of the interviews has each code."""
        return along.along_the_interview(self.material)

    @cached_property
    def speakers(self) -> DataFrame:
        """Turns and words of each speaker."""
        return along.speakers(self.material)

    @cached_property
    def questions(self) -> DataFrame:
        """The questions that led to each code."""
        return along.questions(self.material)

    @cached_property
    def adjusted_counts(self) -> DataFrame:
        """Counts of a machine's codes adjusted for its measured errors; empty without a machine."""
        return adjusted_counts.adjusted_counts(self.material)

    @cached_property
    def adjusted_by_variable(self) -> DataFrame:
        """Contrasts of a machine's codes adjusted for its errors in each group; empty without a machine."""
        return adjusted_contrasts.adjusted_by_variable(self.material, seed=self._seed)

    @property
    def tables(self) -> dict[str, DataFrame]:
        """All tables by name."""
        return {name: getattr(self, name) for name in SHEETS}

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What the reader of the findings must know, a sentence each, in Norwegian."""
        m = self.material
        said = list(m.notes)
        for talk in m.coders:
            unused = [
                m.names[c]
                for c, n in zip(talk.codes, talk.case_passages.sum(axis=0), strict=True)
                if not n
            ]
            if unused:
                said.append(f"Koder som {talk.coder} ikke har brukt: {', '.join(unused)}.")
            if unsure := int(talk.is_unsure.sum()):
                said.append(
                    f"{talk.coder} er usikker på {unsure} av {len(talk.segments)} avsnitt. De har ingen kode i tallene."
                )
            if talk.is_machine and m.measured is not None:
                said.append(
                    f"Antall og forskjeller fra {talk.coder} er justert for maskinens målte feil under «Hvor sikre er maskinens "
                    "tall?». Andre tabeller er slik maskinen teller."
                )
        if len(m.cases) == 1:
            said.append(
                "Ett intervju: ingenting kan sammenlignes mellom intervjuer, og ingen tall har intervall."
            )
        elif len(m.cases) < FEW:
            said.append(
                f"{len(m.cases)} intervjuer beviser lite. Les forskjeller som spor å følge i teksten, ikke som "
                "funn i seg selv."
            )
        said += code_by_variable.notes(m)
        said += cooccurrence.notes(m)
        if self.answers:
            said += [*self.answers.notes, *survey_notes(m, self.answers)]
        said += saturation.notes(m, self._base_size, self._run_length)
        said += themes.notes(m)
        return tuple(dict.fromkeys(said))

    def write(self, out: str | Path, *, force: bool = False) -> list[Path]:
        """Write the page, the workbook, the framework matrix for Word, a CSV file a table, draft codes and the account of methods.

        Parameters
        ----------
        out : str or pathlib.Path
            A folder, written whole or not at all, readable by the user alone.
        force : bool, default False
            Whether a folder of findings that exists is replaced.

        Returns
        -------
        list of pathlib.Path
            The files.

        Raises
        ------
        MestringError
            The folder exists and `force` is false, holds other files, or cannot be written.
        """
        from mestring_nlp.analysis.output import write

        return write(self, Path(out), force=force)


def findings(
    data: Source,
    *,
    coder: str | Sequence[str] | None = None,
    model: Model | str | Path | None = None,
    variables: str | Path | None = None,
    survey: str | Path | None = None,
    survey_codes: str | Path | None = None,
    survey_group: str | None = None,
    measured_on: Source | None = None,
    near: int = cooccurrence.NEAR,
    base_size: int = saturation.BASE,
    run_length: int = saturation.RUN,
    threshold: float = saturation.THRESHOLD,
    encoder: str | Path | None = None,
    seed: int = 0,
    progress: Progress = no_progress,
) -> Findings:
    """Return what coded interviews show: tables by the methods that follow on coding.

    Parameters
    ----------
    data : TrainingData, str or pathlib.Path
        What `load_training_data` returned; a folder of coded interviews, or of a review; a REFI-QDA
        project (``.qdpx``), with its cases and variables; or, with a model, interviews that nobody coded.
    coder : str or sequence of str, optional
        Whose codings; several stand side by side. Left out: ``adjudicated``, or the only person.
    model : Model, str or pathlib.Path, optional
        A model that codes too, beside people where they did. Where it has learned from these interviews,
        each is coded by a model of the others instead.
    variables : str or pathlib.Path, optional
        A table (CSV or XLSX) of the cases: a column that names the interviews, and one a variable. In
        place of what the data brings: ``variables.csv`` in the folder, or the project's.
    survey : str or pathlib.Path, optional
        A survey (CSV or XLSX), one row an answer.
    survey_codes : str or pathlib.Path, optional
        A table with two columns, statement and code.
    survey_group : str, optional
        The survey's column that divides answers; left out: one that is called as a variable.
    measured_on : TrainingData, str or pathlib.Path, optional
        Coded interviews on which the machine's errors are measured, where people coded none of these.
    near, base_size, run_length, threshold, encoder, seed, progress
        See `Findings`.

    Returns
    -------
    Findings
        Its tables are computed when they are first asked for.

    Raises
    ------
    MestringError
        Nothing was coded and no model is given; a coder, a column or a code is unknown; or a file is
        broken.

    Examples
    --------
    >>> found = findings("interviews/", variables="informants.csv")  # doctest: +SKIP
    >>> found.code_by_variable[["code", "difference", "low", "high"]]  # doctest: +SKIP
    """
    material = gather(
        data,
        coder=coder,
        model=model,
        variables=variables,
        measured_on=measured_on,
        progress=progress,
    )
    read = None
    if survey is not None:
        read = read_survey(
            survey,
            material.codebook,
            codes=survey_codes,
            group=survey_group,
            variables=list(material.variables.columns),
        )
    return Findings(
        material,
        read,
        near=near,
        base_size=base_size,
        run_length=run_length,
        threshold=threshold,
        encoder=encoder,
        seed=seed,
        progress=progress,
    )
