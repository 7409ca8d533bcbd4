"""Where an assistant is: on this machine alone, unless the user said otherwise."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

from mestring_nlp.errors import MestringError

EXAMPLE = "http://127.0.0.1:11434/v1"
_HOW = f"Such as {EXAMPLE}, which is Ollama's on this machine."


@dataclass(frozen=True)
class Address:
    """The address of a server, its host resolved.

    Attributes
    ----------
    url : str
        As given, without a slash at its end.
    connect : str
        The same with the host's address in numbers: what is connected to is what was checked, whatever
        the name means a moment later.
    host : str
        The host and port as given, for the request's header.
    numbers : tuple of str
        What the host's name was resolved to.
    """

    url: str
    connect: str
    host: str
    numbers: tuple[str, ...]

    @property
    def local(self) -> bool:
        """Whether every address of the host is of this machine."""
        return all(_is_loopback(number) for number in self.numbers)

    @classmethod
    def of(cls, url: str) -> Address:
        """Return an address with its host resolved.

        Raises
        ------
        MestringError
            It is no address of a server, holds a password, or its host is unknown.
        """
        parts = _parts(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise MestringError(
                f"the host {parts.hostname!r} is unknown", place=url[:200], hint=_HOW
            ) from error
        numbers = tuple(dict.fromkeys(str(address[4][0]) for address in found))
        number = f"[{numbers[0]}]" if ":" in numbers[0] else numbers[0]
        path = parts.path.rstrip("/")
        connect = urlunsplit((parts.scheme, f"{number}:{port}", path, "", ""))
        return cls(url.strip().rstrip("/"), connect, parts.netloc, numbers)


def local_address(url: str, *, anywhere: bool = False) -> Address:
    """Return an address, resolved, if it may be asked.

    Parameters
    ----------
    url : str
    anywhere : bool, default False
        Whether another machine may be asked: the user has been told what leaves this one, and agreed.

    Raises
    ------
    MestringError
        As `Address.of`; or the host is not this machine.
    """
    address = Address.of(url)
    if not address.local and not anywhere:
        other = next(number for number in address.numbers if not _is_loopback(number))
        raise MestringError(
            f"the host is not this machine ({other}), and interviews stay on it",
            place=url[:200],
            hint="Start the assistant here and give its address, such as "
            f"{EXAMPLE}; --assistant-anywhere asks whether they may leave.",
        )
    return address


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        port_fits = parts.port is None or parts.port > 0
    except ValueError as error:
        raise MestringError(f"no address of a server ({error})", place=url[:200], hint=_HOW) from error
    if parts.username is not None or parts.password is not None:
        raise MestringError(
            "the address holds a name or a password, which would be shown and kept",
            hint="Leave it out; a key is read from the variable MESTRING_ASSISTANT_KEY.",
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_fits:
        raise MestringError("no address of a server", place=url[:200], hint=_HOW)
    if parts.query or parts.fragment:
        raise MestringError("the address has a query", place=url[:200], hint=_HOW)
    return parts


def _is_loopback(number: str) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
