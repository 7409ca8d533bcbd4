"""Ask a server with an OpenAI-compatible API: bounded in time and size, and never led elsewhere."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from mestring_nlp.assistant.address import Address
from mestring_nlp.errors import MestringError, RunEnded
from mestring_nlp.json_values import parse_json, shown

if TYPE_CHECKING:
    import httpx

KEY = "MESTRING_ASSISTANT_KEY"
"""The environment variable with a server's key, where it wants one."""

LARGEST = 256_000
"""The most bytes of an answer that are read."""
LONGEST = 600
"""The most tokens that are asked for."""
TRIES = 4
_PAUSES = (0.5, 2.0, 8.0)  # seconds before another try
_LONGEST_PAUSE = 30.0
_PASSING = (408, 425, 429, 500, 502, 503, 504)
TOO_MUCH = "too much to read"
"""What is wrong with a question that is longer than the server reads."""
_NO_ROOM = re.compile(rb"context[ _](length|size|window)|exceed_context", re.IGNORECASE)
"""How llama.cpp, llama-cpp-python, LM Studio and vLLM say that a question is longer than that."""

START = (
    "Start one: `OLLAMA_CONTEXT_LENGTH=8192 ollama serve` and `ollama pull MODEL` (port 11434), "
    "`llama-server -c 8192 -m MODEL.gguf` (port 8080), or the server of LM Studio (port 1234); see "
    "docs/assistant.md."
)


class Reply(NamedTuple):
    """What came back for one question.

    Attributes
    ----------
    text : str
        What the model wrote; empty where `problem` says why there is nothing.
    problem : str
        ``"slow"``, ``"refused"``, ``"too much to read"``, ``"too long"`` or ``"no reply"``; empty for a
        reply.
    seconds : float
    tokens : int
        How much of the question the server says it has read; 0 where it does not say.
    """

    text: str
    problem: str = ""
    seconds: float = 0.0
    tokens: int = 0


class Unreachable(RunEnded):
    """Nobody answers at the address, or no longer."""


@dataclass
class Client:
    """Asks one model of one server.

    Attributes
    ----------
    address : Address
    model : str
        The model's name, as the server calls it.
    timeout : float
        Seconds that one question may take in all.
    pause : callable
        Waits for some seconds before another try.
    """

    address: Address
    model: str
    timeout: float = 120.0
    pause: Callable[[float], None] = field(default=time.sleep, repr=False)
    _forms: list[str] = field(default_factory=lambda: ["json_schema", "json_object", ""], repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def check(self) -> None:
        """Raise unless the server is there and has the model.

        Raises
        ------
        MestringError
            Nobody answers, or the server lists its models and this is none of them.
        """
        try:
            status, data = self._exchange(
                "GET", "/models", None, time.monotonic() + min(self.timeout, 30)
            )
        except _Failed as error:
            raise self._unreachable(f"nobody answers ({error})") from error
        if 300 <= status < 400:
            raise self._led_elsewhere()
        names: list[str] = []
        with suppress(ValueError, TypeError, KeyError, AttributeError):
            names = [str(one["id"]) for one in parse_json(data.decode())["data"]]
        if status == 200 and names and not {self.model, f"{self.model}:latest"} & set(names):
            raise MestringError(
                f"the server has no model {self.model[:80]!r}",
                place=self.address.url,
                hint=f"It has: {', '.join(name[:80] for name in names[:12])}.",
            )

    def ask(self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> Reply:
        """Return what the model writes on a question.

        Parameters
        ----------
        messages : sequence of mapping
            With ``role`` and ``content``.
        schema : mapping
            The JSON schema of the answer. A server that takes none is asked for JSON, or without either.

        Returns
        -------
        Reply

        Raises
        ------
        Unreachable
            Nobody answers, after several tries.
        MestringError
            The server wants a key, has no such model or leads elsewhere.
        """
        begun = time.monotonic()
        while True:
            form = self._forms[0]
            status, data, problem = self._tried(self._body(messages, schema, form))
            if _no_room(status, data):
                break  # in whatever form it is asked
            if status not in (400, 415, 422, 501) or not self._simpler(form):
                break
        seconds = time.monotonic() - begun
        if problem:
            return Reply("", problem, seconds)
        if 300 <= status < 400:
            raise self._led_elsewhere()
        if status in (401, 403, 404):
            said = {404: "has no such model or path"}.get(status, "wants a key")
            raise RunEnded(
                f"the server {said} (status {status})",
                place=self.address.url,
                hint=f"Set {KEY}."
                if status != 404
                else "Give --assistant-model as the server calls it.",
            )
        if status != 200:
            return Reply("", TOO_MUCH if _no_room(status, data) else "refused", seconds)
        return _reply(data, seconds)

    def _simpler(self, form: str) -> bool:
        """Return whether there is a simpler form than one that the server does not take."""
        with self._lock:
            if form == self._forms[0] and len(self._forms) > 1:
                self._forms.pop(0)
            return form != self._forms[0]

    def _body(
        self, messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any], form: str
    ) -> bytes:
        asked: dict[str, Any] = {
            "model": self.model,
            "messages": list(messages),
            "temperature": 0,
            "seed": 0,
            "max_tokens": LONGEST,
            "stream": False,
        }
        if form == "json_schema":
            named = {"name": "coding", "strict": True, "schema": schema}
            asked["response_format"] = {"type": form, "json_schema": named}
        elif form:
            asked["response_format"] = {"type": form}
        return json.dumps(asked, ensure_ascii=False).encode()

    def _tried(self, body: bytes) -> tuple[int, bytes, str]:
        """Send a question, again after a passing fault; return status, body and what went wrong."""
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                status, data = self._exchange(
                    "POST", "/chat/completions", body, time.monotonic() + self.timeout
                )
            except _Failed as error:
                if error.problem not in ("gone", "broken"):
                    return 0, b"", error.problem
                if last and error.problem == "broken":  # for this question; others may do better
                    return 0, b"", "no reply"
                if last:
                    raise self._unreachable(f"nobody answers any longer ({error})") from error
                self.pause(_PAUSES[attempt])
                continue
            if status not in _PASSING or last or _no_room(status, data):
                return status, data, ""
            self.pause(_PAUSES[attempt])
        raise AssertionError("the last try returns or raises")

    def _exchange(self, method: str, path: str, body: bytes | None, until: float) -> tuple[int, bytes]:
        """Return status and body of one exchange; it ends in time and size, whatever the server does."""
        httpx = _httpx()
        headers = {"Host": self.address.host, "Accept-Encoding": "identity"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key := os.environ.get(KEY):
            headers["Authorization"] = f"Bearer {key}"
        # Neither proxies nor passwords of the environment, and no redirect: only this address is asked.
        client = httpx.Client(
            trust_env=False, follow_redirects=False, timeout=max(0.1, until - time.monotonic())
        )
        # A server that sends a byte now and then keeps within every timeout but this.
        guard = threading.Timer(max(0.1, until - time.monotonic()), client.close)
        guard.daemon = True
        guard.start()
        try:
            return _received(
                client, method, f"{self.address.connect}{path}", headers, body, until, self._name
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _Failed("gone", str(error)) from error
        except (
            httpx.TimeoutException,
            httpx.HTTPError,
            httpx.InvalidURL,
            RuntimeError,
            OSError,
        ) as error:
            if time.monotonic() >= until - 0.05 or isinstance(error, httpx.TimeoutException):
                raise _Failed("slow", "no answer in time") from error
            raise _Failed("broken", str(error) or type(error).__name__) from error
        finally:
            guard.cancel()
            client.close()

    @property
    def _name(self) -> str:
        """The host's name, which a certificate must bear."""
        return self.address.host.rpartition("@")[2].partition(":")[0].strip("[]")

    def _unreachable(self, problem: str) -> Unreachable:
        return Unreachable(problem, place=self.address.url, hint=START)

    def _led_elsewhere(self) -> MestringError:
        return RunEnded(
            "the server leads to another address, which is not followed",
            place=self.address.url,
            hint="Give the address of the model itself, such as http://127.0.0.1:11434/v1.",
        )


class _Failed(Exception):  # noqa: N818
    """An exchange without an answer: ``"gone"``, ``"broken"``, ``"slow"`` or ``"too long"``."""

    def __init__(self, problem: str, said: str) -> None:
        super().__init__(said)
        self.problem = problem


def _httpx() -> ModuleType:
    """Return the client's library, which an extra brings.

    Raises
    ------
    MestringError
        It is not installed.
    """
    try:
        return import_module("httpx")
    except ModuleNotFoundError as error:
        raise MestringError(
            "an assistant is asked with httpx, which is not installed",
            hint="Install it in the folder of mestring-nlp: pip install '.[assistant]'",
        ) from error


def _received(
    client: httpx.Client,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    until: float,
    name: str,
) -> tuple[int, bytes]:
    found = bytearray()
    extensions = {"sni_hostname": name} if url.startswith("https") else {}
    with client.stream(method, url, content=body, headers=headers, extensions=extensions) as response:
        # As sent: what is packed is not unpacked, so that little cannot become much.
        for piece in response.iter_raw():
            found += piece
            if len(found) > LARGEST:
                raise _Failed("too long", f"more than {LARGEST:,} bytes")
            if time.monotonic() > until:
                raise _Failed("slow", "no answer in time")
        return response.status_code, bytes(found)


def _no_room(status: int, data: bytes) -> bool:
    """Return whether a server says that the question is longer than it reads."""
    return status >= 400 and bool(_NO_ROOM.search(data))


def _reply(data: bytes, seconds: float) -> Reply:
    """Return what the model wrote, out of a server's JSON."""
    try:
        said = parse_json(data.decode("utf-8"))
        choice = said["choices"][0]
        text = choice["message"]["content"]
        if not isinstance(text, str):
            raise TypeError(f"the content is {shown(text)}")
    except (ValueError, LookupError, TypeError):
        return Reply("", "no reply", seconds)
    usage = said.get("usage")
    tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else 0
    tokens = tokens if type(tokens) is int and tokens > 0 else 0
    if choice.get("finish_reason") == "length":
        return Reply("", "too long", seconds, tokens)
    return Reply(text, "", seconds, tokens)
