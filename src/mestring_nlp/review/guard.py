"""Who may see the pages of a review: a browser on this machine that was given the address."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
FIELD = "x-review-key"
"""The header that every change must bear."""

_LARGEST = 1_000_000


class Keys:
    """The secrets of one run of the server.

    Parameters
    ----------
    port : int
    on_used : callable, optional
        Called with a new address when the one before has been used.
    """

    def __init__(self, port: int, on_used: Callable[[str], None] | None = None) -> None:
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.origin = f"http://127.0.0.1:{port}"
        # Cookies are shared by all ports of a host.
        self.cookie = f"mestring_review_{port}"
        self.form = secrets.token_urlsafe(32)
        self._token, self._session = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._on_used = on_used

    @property
    def address(self) -> str:
        """The address that lets one browser in, once."""
        return f"{self.origin}/?token={self._token}"

    def exchange(self, token: str) -> str | None:
        """Return the value of the cookie for the token of the address, which is then used up."""
        if not secrets.compare_digest(token.encode(), self._token.encode()):
            return None
        self._token = secrets.token_urlsafe(32)
        if self._on_used is not None:
            self._on_used(self.address)
        return self._session

    def knows(self, cookie: str) -> bool:
        """Return whether a cookie is the one that was given."""
        return secrets.compare_digest(cookie.encode(), self._session.encode())


class Guard:
    """Refuse what does not come from the review's own page, before anything else sees it.

    Parameters
    ----------
    app : ASGI application
    keys : Keys
    """

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app, self._keys = app, keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] == "websocket":  # there is none
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if headers.get("host", "") not in self._keys.hosts:
            await _answer(guarded, 421, "This address is served to this machine alone.")
            return
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        if scope["method"] == "GET" and scope["path"] == "/" and "token" in query:
            given = self._keys.exchange(query["token"][0])
            if given is not None:
                cookie = f"{self._keys.cookie}={given}; Path=/; HttpOnly; SameSite=Strict"
                await _answer(guarded, 303, "", {"location": "/", "set-cookie": cookie})
                return
        problem = self._problem(scope["method"], headers)
        if problem:
            await _answer(guarded, 403, problem)
            return
        await self._app(scope, receive, guarded)

    def _problem(self, method: str, headers: dict[str, str]) -> str:
        """Return why a request is refused; empty if it is not."""
        if not self._keys.knows(self._cookie(headers.get("cookie", ""))):
            return (
                "Ingen adgang: bruk adressen som står i terminalen; hver adresse virker én gang. "
                "No access: use the address in the terminal; each address works once."
            )
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return "Requests from other sites are refused."
        if method in ("GET", "HEAD"):
            return ""
        if method != "POST":
            return "Only GET and POST are answered."
        if headers.get("origin", "") != f"http://{headers['host']}":
            return "Requests from other origins are refused."
        if not secrets.compare_digest(headers.get(FIELD, "").encode(), self._keys.form.encode()):
            return "The request does not bear the page's key: load the page again."
        length = headers.get("content-length", "")
        if not length.isdecimal() or int(length) > _LARGEST:
            return "The request is too large."
        return ""

    def _cookie(self, header: str) -> str:
        try:
            found = SimpleCookie(header).get(self._keys.cookie)
        except CookieError:
            return ""
        return found.value if found is not None else ""


async def _answer(send: Send, status: int, text: str, headers: dict[str, str] | None = None) -> None:
    body = text.encode()
    listed = {
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(body)),
        **(headers or {}),
    }
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in listed.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
