"""Switch off the telemetry of the libraries that this package uses."""

from __future__ import annotations

import os
import sys
import warnings

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime, from its import on, to Microsoft
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub, whenever it fetches
    "DO_NOT_TRACK": "1",  # the same, and others that honour it
}
"""Environment variables, which worker processes inherit."""


def silence() -> None:
    """Switch telemetry off, before the libraries are imported.

    Warns
    -----
    RuntimeWarning
        onnxruntime was imported earlier, and may still send what it has collected.
    """
    late = "onnxruntime" in sys.modules and os.environ.get("ORT_DISABLE_TELEMETRY") != "1"
    os.environ.update(SWITCHES)
    if late:
        sys.modules["onnxruntime"].disable_telemetry_events()
        warnings.warn(
            "onnxruntime was imported before mestring_nlp, with its telemetry on; it is off now, but "
            "what it had collected may still be sent. Import mestring_nlp first, or set "
            "ORT_DISABLE_TELEMETRY=1",
            RuntimeWarning,
            stacklevel=3,
        )
