"""The pages of a review, served to a browser on this machine and to nothing else.

Needs the extra ``review``: Starlette and uvicorn.
"""

from __future__ import annotations

import json
import logging
import socket
import sys
from collections.abc import Callable
from contextlib import nullcontext
from importlib.resources import files
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from mestring_nlp.errors import MestringError
from mestring_nlp.review.acts import Asked, act, page_for
from mestring_nlp.review.database import NotWrittenError
from mestring_nlp.review.events import CODES, NO_CODE, UNDECIDED
from mestring_nlp.review.guard import Guard, Keys
from mestring_nlp.review.learning import lacks
from mestring_nlp.review.review import Review
from mestring_nlp.review.tables import agreement_page, export, settle, trail_page
from mestring_nlp.review.views import Page, bulk_mark, colours, render
from mestring_nlp.review.words import Words
from mestring_nlp.training_data import ADJUDICATED

try:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.background import BackgroundTask
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
    from starlette.routing import Route
except ImportError as error:
    raise MestringError(
        f"the page of a review needs {error.name or 'starlette'}, which is not installed",
        hint="Install it in the folder of mestring-nlp: pip install '.[review]'",
    ) from error

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

    from mestring_nlp.model import Model

_ALONE = "learns_alone"
_log = logging.getLogger("mestring_nlp")
_STATIC = {
    "review.css": "text/css",
    **dict.fromkeys(("common.js", "review.js", "beside.js"), "text/javascript"),
}


class Site:
    """The pages of one review.

    Parameters
    ----------
    review : Review
    keys : Keys
    words : Words
    base : callable, optional
        Returns the model that the decisions correct; without it, nothing is learned.
    """

    def __init__(
        self, review: Review, keys: Keys, words: Words, base: Callable[[], Model] | None = None
    ) -> None:
        self.review, self.keys, self.words, self._base = review, keys, words, base
        self.ended = False
        self.on_end: Callable[[], None] = lambda: None
        self._learning = Lock()
        self._notice, self._notices = "", 0
        review.at_once = False
        self._done = self._interviews_done()

    def application(self) -> ASGIApp:
        """Return the pages as an ASGI application that refuses everybody else."""
        routes = [
            Route("/", self._home),
            Route("/review", self._whole),
            Route("/act", self._act, methods=["POST"]),
            Route("/poll", self._poll),
            Route("/memo", self._memo),
            Route("/search", self._search),
            Route("/bulk", self._bulk),
            Route("/learn", self._learn, methods=["POST"]),
            Route("/end", self._end, methods=["POST"]),
            Route("/agreement", self._agreement),
            Route("/settle", self._settle, methods=["POST"]),
            Route("/unsettle", self._unsettle, methods=["POST"]),
            Route("/trail", self._trail),
            Route("/export/{name}", self._export),
            Route("/static/{name}", _static),
            Route("/codes.css", self._colours),
        ]
        app = Starlette(routes=routes, exception_handlers={MestringError: self._failed})
        return Guard(app, self.keys)

    def _home(self, request: Request) -> Response:
        return RedirectResponse("/review", 303)

    def _whole(self, request: Request) -> Response:
        only = request.query_params.get("only", "all")
        wanted = request.query_params.get("passage", "")
        with self.review.lock:
            passage = int(wanted) if wanted.isdecimal() and len(wanted) < 19 else None
            if passage is None and only == "all":  # where the coder was
                passage = self.review.store.last_decided(self.review.coder)
            page = page_for(self.review, self.words, passage, only)
            return HTMLResponse(self._render("review", page=page, work=self._work(page)))

    def _work(self, page: Page) -> str:
        return render("work", page=page, t=self.words, notices=self._notices)

    def _tell(self, notice: str) -> None:
        """Show a notice on every page that is open."""
        self._notice = notice
        self._notices += 1

    def _render(self, template: str, **values: Any) -> str:
        return render(
            template,
            t=self.words,
            key=self.keys.form,
            review=self.review,
            learns=self._base is not None,
            alone=self._alone,
            **values,
        )

    async def _act(self, request: Request) -> Response:
        values = await _json(request)
        asked = Asked(
            str(values.get("act", "")), _whole_number(values, "passage"), str(values.get("only")), values
        )

        def work() -> str:
            with self.review.lock:
                try:
                    page = act(self.review, self.words, asked)
                except MestringError as error:
                    if asked.act not in ("merge", "split", "mark"):
                        raise
                    _log.debug("%s", error)
                    here, said = self.review.passage(asked.passage), self.words(f"failed_{asked.act}")
                    page = Page(self.review, self.words, here, asked.only, said)
                self._learn_if_done()
                return self._work(page)

        return HTMLResponse(await run_in_threadpool(work), background=BackgroundTask(self._flush))

    def _flush(self) -> None:
        """Write ``codings.csv`` after the answer; what fails is told on the page."""
        try:
            self.review.flush()
        except MestringError as error:
            self._tell(self._problem(error))

    def _problem(self, error: MestringError) -> str:
        """Return what went wrong in the words of the page, where these have any for it."""
        if isinstance(error, NotWrittenError):
            return self.words("not_written", why=error.problem)
        return self.words("failed", why=str(error))

    async def _failed(self, request: Request, error: Exception) -> Response:
        told = self._problem(error) if isinstance(error, NotWrittenError) else str(error)
        return JSONResponse({"problem": told}, 400)

    def _poll(self, request: Request) -> Response:
        told = request.query_params.get("told", "")
        fresh = told != str(self._notices)
        with self.review.lock:
            last = self.review.store.last_event()
        return JSONResponse(
            {
                "event": last,
                "learning": self._learning.locked(),
                "notice": self._notice if fresh else "",
                "notices": self._notices,
                "ended": self.ended,
            }
        )

    def _memo(self, request: Request) -> Response:
        target = request.query_params.get("target", "")
        kind, _, name = target.partition(":")
        with self.review.lock:
            text = self.review.store.memo(self.review.coder, target)
            page = Page(self.review, self.words, None)
        named = {"name": page.name(name)} if kind == "code" else {}
        what = self.words(f"memo_{kind}", **named) if kind in ("passage", "interview", "code") else ""
        return JSONResponse({"text": text, "title": self.words("memo_on", what=what)})

    def _search(self, request: Request) -> Response:
        wanted = request.query_params.get("q", "").strip()
        with self.review.lock:
            found = Page(self.review, self.words, None).search(wanted) if wanted else []
        return HTMLResponse(render("found", t=self.words, found=found))

    def _bulk(self, request: Request) -> Response:
        probability = _share(request.query_params.get("p", ""))
        with self.review.lock:
            found = self.review.acceptable(probability)
            counts = Page(self.review, self.words, None).bulk(found)
        shown = {"counts": counts, "probability": probability, "mark": bulk_mark(found)}
        return HTMLResponse(render("bulk", t=self.words, **shown))

    async def _learn(self, request: Request) -> Response:
        values = await _json(request)
        if self._base is None:
            raise MestringError("this review has no model to learn with")
        if isinstance(alone := values.get("alone"), bool):
            with self.review.lock, self.review.store.transaction():
                self.review.store.set(_ALONE, str(int(alone)))
        elif not any(counts.get(CODES) or counts.get(NO_CODE) for counts in self._progress()):
            raise MestringError(self.words("learn_nothing"))
        else:
            self._start_learning(asked=True)
        return JSONResponse({"learning": self._learning.locked(), "alone": self._alone})

    @property
    def _alone(self) -> bool:
        """Whether the model learns by itself after each interview."""
        return self.review.store.get(_ALONE, "1") == "1"

    def _progress(self) -> list[dict[str, int]]:
        with self.review.lock:
            return [self.review.progress(name) for name in self.review.store.names]

    def _interviews_done(self) -> set[str]:
        named = zip(self.review.store.names, self._progress(), strict=True)
        return {name for name, counts in named if not counts.get(UNDECIDED)}

    def _learn_if_done(self) -> None:
        """Start to learn if the last passage of an interview was just decided."""
        before, self._done = self._done, self._interviews_done()
        if self._done - before and self._base is not None and self._alone:
            self._start_learning()

    def _start_learning(self, *, asked: bool = False) -> None:
        if self._learning.acquire(blocking=False):
            Thread(target=self._learn_now, args=[asked], daemon=True).start()

    def _learn_now(self, asked: bool) -> None:
        from mestring_nlp.training import SeenError

        try:
            assert self._base is not None
            base, decided = self._base(), 0
            for counts in self._progress():
                decided += counts.get(CODES, 0) + counts.get(NO_CODE, 0)
            if needed := lacks(base, self.review.codebook, decided):
                if asked:
                    self._tell(self.words("learn_own_codes", n=needed, done=decided))
                return
            learned = self.review.learn(base)
            count = self.words.counted(learned.decisions, "decision")
            self._tell(self.words("learned", n=count, changed=learned.changed))
        except SeenError:
            self._tell(self.words("learned_before"))
        except MestringError as error:
            self._tell(self._problem(error))
        finally:
            self._learning.release()

    def _end(self, request: Request) -> Response:
        self.review.flush()
        self.ended = True
        return JSONResponse({"ended": True}, background=BackgroundTask(self.on_end))

    def _agreement(self, request: Request) -> Response:
        with self.review.lock:
            values = agreement_page(self.review, self.words, request.query_params)
            return HTMLResponse(self._render("agreement", **values))

    async def _settle(self, request: Request) -> Response:
        values = await _json(request)

        def work() -> str:
            with self.review.lock:
                return settle(self.review, self.words, values)

        left = await run_in_threadpool(work)
        return JSONResponse({"saved": True, "open": left}, background=BackgroundTask(self._flush))

    def _unsettle(self, request: Request) -> Response:
        """Undo what the coder settled last."""
        with self.review.lock:
            undone = self.review.undo(ADJUDICATED)
        return JSONResponse({"undone": bool(undone)}, background=BackgroundTask(self._flush))

    def _trail(self, request: Request) -> Response:
        with self.review.lock:
            return HTMLResponse(self._render("trail", **trail_page(self.review, self.words)))

    def _export(self, request: Request) -> Response:
        name = request.path_params["name"]
        with self.review.lock:
            data, kind = export(self.review, self.words, name)
        # A name within quotes may hold none; the browser takes the address's last part then.
        return Response(data, media_type=kind, headers={"content-disposition": "attachment"})

    def _colours(self, request: Request) -> Response:
        return Response(colours(self.review), media_type="text/css")


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        return Response("", 404)
    data = files("mestring_nlp.review").joinpath("templates", name).read_bytes()
    return Response(data, media_type=_STATIC[name])


async def _json(request: Request) -> dict[str, Any]:
    """Return the object that a request holds, or raise."""
    try:
        values = json.loads(await request.body())
    except ValueError as error:
        raise MestringError(f"the request is not JSON ({error})") from error
    if not isinstance(values, dict):
        raise MestringError("the request is not an object")
    return values


def _whole_number(values: dict[str, Any], name: str) -> int:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise MestringError(f"{name} is {value!r:.40}, not a number")
    return value


def _share(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise MestringError(f"{text!r:.40} is no number") from error


def listening(port: int = 0) -> socket.socket:
    """Open a port of this machine alone.

    Parameters
    ----------
    port : int, default 0
        0 for a free one.

    Returns
    -------
    socket.socket

    Raises
    ------
    MestringError
        The port is in use, or may not be used.
    """
    found = socket.socket()
    if sys.platform != "win32":  # where it would let two programs share a port
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
        found.listen()  # a browser that is faster than the server waits
    except (OSError, OverflowError) as error:
        found.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise MestringError(
            f"port {port} cannot be used ({reason})",
            hint="Give another with --port, or leave it out for a free one.",
        ) from error
    return found


class _Server(uvicorn.Server):
    """A server that leaves signals to the command line."""

    def capture_signals(self) -> Any:
        return nullcontext()


def serve(site: Site, opened: socket.socket, *, on_ready: Callable[[Callable[[], None]], None]) -> None:
    """Run the server until it is ended from the page or by what `on_ready` is given.

    Parameters
    ----------
    site : Site
    opened : socket.socket
        See `listening`.
    on_ready : callable
        Called before the first request, with a function that ends the server.
    """
    config = uvicorn.Config(
        site.application(),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    config.server_header = config.date_header = False
    server = _Server(config)

    def end() -> None:
        server.should_exit = True

    site.on_end = end
    on_ready(end)
    server.run(sockets=[opened])
