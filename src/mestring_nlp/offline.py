"""Nothing is sent anywhere: switch off what the libraries below would tell their makers."""

from __future__ import annotations

import os
import sys
import warnings

SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime, from its import on, to Microsoft
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub, whenever it fetches
    "DO_NOT_TRACK": "1",  # the same, and whoever else honours it
}
"""Environment variables, which worker processes inherit."""


def silence() -> None:
    """Switch telemetry off; it must run before the libraries are imported.

    Warns
    -----
    RuntimeWarning
        onnxruntime was imported before, and what it has gathered cannot be taken back.
    """
    late = "onnxruntime" in sys.modules and os.environ.get("ORT_DISABLE_TELEMETRY") != "1"
    os.environ.update(SWITCHES)
    if late:
        sys.modules["onnxruntime"].disable_telemetry_events()
        warnings.warn(
            "onnxruntime was imported before mestring_nlp, with its telemetry on; it is off now, but "
            "what it had gathered may still be sent. Import mestring_nlp first, or set "
            "ORT_DISABLE_TELEMETRY=1",
            RuntimeWarning,
            stacklevel=3,
        )
