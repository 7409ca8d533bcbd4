"""A server on this machine with an OpenAI-compatible API, which misbehaves as it is told."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Says = Callable[[dict[str, Any]], str]
"""What the model writes, by the request's body."""

PASSAGE = re.compile(r"<avsnitt>(.*?)</avsnitt>", re.DOTALL)


def passage_of(body: dict[str, Any]) -> str:
    """The passage that a question is about."""
    (found,) = PASSAGE.findall(body["messages"][1]["content"])
    return str(found)


def said(*codes: str, reason: str = "Avsnittet handler om det.") -> str:
    """An answer as it is asked for."""
    return json.dumps({"begrunnelse": reason, "koder": list(codes)}, ensure_ascii=False)


class Server:
    """Answers in a thread; what it is asked is kept.

    Parameters
    ----------
    says : callable
        What the model writes.
    models : tuple of str
    fault : callable, optional
        Gets the handler, and the number of questions before this one; returns whether it has answered
        itself, well or badly.
    """

    def __init__(
        self,
        says: Says = lambda body: said(),
        models: tuple[str, ...] = ("liten",),
        fault: Callable[[Any, int], bool] = lambda handler, number: False,
        port: int = 0,
    ) -> None:
        self.says, self.models, self.fault = says, models, fault
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def send(self, status: int, content: Any, **headers: str) -> None:
                data = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self) -> None:
                server.paths.append(self.path)
                self.send(200, {"data": [{"id": name} for name in server.models]})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with server.lock:
                    number = len(server.asked)
                    server.asked.append(body)
                    server.paths.append(self.path)
                    server.headers.append(dict(self.headers))
                try:
                    if not server.fault(self, number):
                        self.send(200, reply(server.says(body)))
                except OSError:
                    pass  # the client had enough

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: Any) -> None:
                pass

        self.http = Quiet(("127.0.0.1", port), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def die(self, handler: Any) -> None:
        """End in the middle of an answer: nobody listens any longer."""
        self.http.server_close()
        handler.connection.close()
        threading.Thread(target=self.http.shutdown, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}/v1"

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def reply(text: str, finish: str = "stop", **more: Any) -> dict[str, Any]:
    """A server's JSON around what the model writes."""
    message = {"role": "assistant", "content": text}
    return {"choices": [{"message": message, "finish_reason": finish}], **more}


def drip(handler: Any, number: int) -> bool:
    """Sends its answer a byte at a time, and never all of it."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(400):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)
    return True
