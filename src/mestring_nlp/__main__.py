"""The entry point of the command line: ``mestring``, and ``python -m mestring_nlp``."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from io import TextIOWrapper
from types import FrameType


def main() -> None:
    """Run the command line; errors of use and interruptions are one line without a traceback."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # What is ignored already, as under nohup, stays so.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    _open_streams()
    if not all(sys.argv[1:]):
        _say("an argument is empty: is a shell variable unset?")
        sys.exit(2)
    from mestring_nlp.cli import app
    from mestring_nlp.errors import MestringError

    status: int | str | None = 0
    try:
        app()
    except SystemExit as end:
        status = end.code
    except MestringError as error:
        _say(str(error))
        status = 1
    except OSError as error:
        if error.filename is not None:
            raise
        status = _say_of_output(error)
    try:
        sys.stdout.flush()
    except OSError as error:
        status = _say_of_output(error)
    sys.exit(status)


def _stop(number: int, _: FrameType | None) -> None:
    """Exit at once, leaving no unfinished files and no traceback."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if files := sys.modules.get("mestring_nlp.files"):
        files.abandon()
    if sys.stderr and sys.stderr.isatty():
        with suppress(OSError):  # a progress bar hides the cursor
            sys.stderr.write("\r\x1b[2K\x1b[?25h")
    _say("stopped" if number == signal.SIGINT else f"stopped by {signal.Signals(number).name}")
    os._exit(128 + number)


def _open_streams() -> None:
    """Make terminals escape what they cannot show, pipes take UTF-8, and closed streams discard."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8"))
        elif number and isinstance(stream, TextIOWrapper):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _say(what: str) -> None:
    with suppress(OSError):
        print(f"mestring: {what}", file=sys.stderr, flush=True)


def _say_of_output(error: OSError) -> int:
    """Report that standard output cannot be written; a pipe that the reader closed is no news."""
    if not isinstance(error, BrokenPipeError):
        _say(f"standard output cannot be written ({error.strerror})")
    # Otherwise Python reports the error again at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 1


if __name__ == "__main__":
    main()
