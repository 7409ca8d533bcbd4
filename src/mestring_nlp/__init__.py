"""Suggest codes for passages of interviews, offline, from what people have coded.

>>> import mestring_nlp as mn
>>> codebook = mn.load_codebook()
>>> codebook.ids[:3]
('ledelse', 'mestring', 'maalsettinger')

The public names load on first use, so that importing the package costs nothing. It switches off the
telemetry of the libraries that it stands on; see `mestring_nlp.offline`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mestring_nlp._version import __version__
from mestring_nlp.offline import silence

if TYPE_CHECKING:
    from mestring_nlp.analysis.findings import Findings, findings
    from mestring_nlp.batch import FailedInterview, suggest_all
    from mestring_nlp.classifier import SegmentClassifier
    from mestring_nlp.codebook import Code, Codebook, load_codebook
    from mestring_nlp.coded_interview import CodedInterview
    from mestring_nlp.encoding import load_encoder
    from mestring_nlp.errors import MestringError
    from mestring_nlp.evaluation import evaluate
    from mestring_nlp.model import Model, load_model
    from mestring_nlp.output import write_suggestions
    from mestring_nlp.prediction import Prediction
    from mestring_nlp.privacy.finding import find_identifiers
    from mestring_nlp.privacy.identifiers import Identifier
    from mestring_nlp.privacy.pseudonymising import pseudonymise, restore
    from mestring_nlp.quotation import Quotation, clean_quotation
    from mestring_nlp.quoting import quote
    from mestring_nlp.readers import find_transcripts, read_transcript
    from mestring_nlp.reading import ReadingReport, read_all
    from mestring_nlp.review import Review
    from mestring_nlp.segmentation import segment
    from mestring_nlp.suggestion import Reason, Suggestion
    from mestring_nlp.training import train
    from mestring_nlp.training_data import TrainingData, load_training_data
    from mestring_nlp.transcript import Coding, LoneQuestion, Segment, Transcript, Turn
    from mestring_nlp.validation import OutOfSample, apply_model, cross_validate

silence()

_PLACES = {
    "Code": "codebook",
    "Codebook": "codebook",
    "CodedInterview": "coded_interview",
    "Coding": "transcript",
    "FailedInterview": "batch",
    "Identifier": "privacy.identifiers",
    "Findings": "analysis.findings",
    "LoneQuestion": "transcript",
    "MestringError": "errors",
    "Model": "model",
    "OutOfSample": "validation",
    "Prediction": "prediction",
    "Quotation": "quotation",
    "ReadingReport": "reading",
    "Reason": "suggestion",
    "Review": "review",
    "Segment": "transcript",
    "SegmentClassifier": "classifier",
    "Suggestion": "suggestion",
    "TrainingData": "training_data",
    "Transcript": "transcript",
    "Turn": "transcript",
    "apply_model": "validation",
    "clean_quotation": "quotation",
    "cross_validate": "validation",
    "evaluate": "evaluation",
    "find_identifiers": "privacy.finding",
    "find_transcripts": "readers",
    "findings": "analysis.findings",
    "load_codebook": "codebook",
    "load_encoder": "encoding",
    "load_model": "model",
    "load_training_data": "training_data",
    "quote": "quoting",
    "pseudonymise": "privacy.pseudonymising",
    "read_all": "reading",
    "read_transcript": "readers",
    "restore": "privacy.pseudonymising",
    "segment": "segmentation",
    "suggest_all": "batch",
    "train": "training",
    "write_suggestions": "output",
}

__all__ = [
    "Code",
    "Codebook",
    "CodedInterview",
    "Coding",
    "FailedInterview",
    "Findings",
    "Identifier",
    "LoneQuestion",
    "MestringError",
    "Model",
    "OutOfSample",
    "Prediction",
    "Quotation",
    "ReadingReport",
    "Reason",
    "Review",
    "Segment",
    "SegmentClassifier",
    "Suggestion",
    "TrainingData",
    "Transcript",
    "Turn",
    "__version__",
    "apply_model",
    "clean_quotation",
    "cross_validate",
    "evaluate",
    "find_identifiers",
    "find_transcripts",
    "findings",
    "load_codebook",
    "load_encoder",
    "load_model",
    "load_training_data",
    "pseudonymise",
    "quote",
    "read_all",
    "read_transcript",
    "restore",
    "segment",
    "suggest_all",
    "train",
    "write_suggestions",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'mestring_nlp' has no attribute {name!r}")
    value = getattr(import_module(f"mestring_nlp.{_PLACES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
