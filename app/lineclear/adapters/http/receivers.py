"""Posts messages to the receivers of others: public addresses only, checked at the very connection.

The name is resolved here, every address that it has must be public, and the connection goes to one of those
addresses, so that a change of the name in between leads nowhere else. No redirect is followed and no proxy of
the environment used; the whole attempt ends after ten seconds.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Collection, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import httpx

from lineclear.application.ports import Posted, ToolFailed
from lineclear.domain.refusals import Code, Refusal
from lineclear.wire.failures import words_of

SECONDS = 10.0
MOST_ANSWERED = 65_536
URL_LIMIT = 2_048
_URL = re.compile(r"https://[^/?#@\s]+([/?][^#\s]*)?")
_LONGEST_RETRY = re.compile(r"[0-9]{1,7}")
_TRANSLATED = ipaddress.ip_network("64:ff9b::/32")
"""IPv4 addresses as IPv6 ones (RFC 6052, RFC 8215): what is behind them cannot be told."""

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ReceiverPoster:
    """Sends to public hosts, and to the `private` ones that an administrator names. Safe from any thread."""

    def __init__(self, private: Collection[str] = (), trust: Path | None = None) -> None:
        self._private = frozenset(host.lower() for host in private)
        self._trust = trust
        self._context: ssl.SSLContext | None = None

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Posted:
        """One attempt. Refusal(RECEIVER_UNSAFE) before anything is sent; ToolFailed without an answer."""
        parts = self.check(url)
        try:
            return asyncio.run(self._posted(parts, headers, body))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
            raise ToolFailed("unreachable", f"it did not answer ({words_of(error):.120})") from error

    def check(self, url: str) -> SplitResult:
        """The parts of a URL that has the right form; Refusal(RECEIVER_UNSAFE)."""
        if len(url) > URL_LIMIT or not url.isascii() or not url.isprintable() or not _URL.fullmatch(url):
            raise _unsafe("it is no https URL without user and fragment")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _unsafe("its host or port cannot be read") from None
        if not parts.hostname or port == 0:
            raise _unsafe("it names no host")
        return parts

    async def _posted(self, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> Posted:
        async with asyncio.timeout(SECONDS):
            address = await self._address(parts)
            return await self._sent(parts, address, headers, body)

    async def _address(self, parts: SplitResult) -> Address:
        host, port = parts.hostname or "", parts.port or 443
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # nobody has it, or nobody can
            raise ToolFailed("unreachable", "its name cannot be resolved") from error
        addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        if host.lower() not in self._private and not all(map(is_public, addresses)):
            raise _unsafe("its address is not public")
        return addresses[0]

    async def _sent(
        self, parts: SplitResult, address: Address, headers: Mapping[str, str], body: bytes
    ) -> Posted:
        host = parts.hostname or ""
        literal = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004  # IPv6
        target = parts._replace(netloc=f"{literal}:{parts.port or 443}").geturl()
        sent = {**headers, "Host": parts.netloc, "User-Agent": "Lineclear", "Accept-Encoding": "identity"}
        async with (
            httpx.AsyncClient(
                verify=self._verifying(), timeout=SECONDS, trust_env=False, follow_redirects=False
            ) as client,
            client.stream(
                "POST", target, headers=sent, content=body, extensions={"sni_hostname": host}
            ) as response,
        ):
            found = bytearray()
            async for chunk in response.aiter_raw():
                found += chunk
                if len(found) > MOST_ANSWERED:
                    break
            retry_after = _seconds(response.headers)
            return Posted(response.status_code, bytes(found[:MOST_ANSWERED]), retry_after)

    def _verifying(self) -> ssl.SSLContext:
        """Made once, at the first message: it reads all authorities of the system."""
        if self._context is None:
            context = httpx.create_ssl_context(trust_env=False)
            if self._trust is not None:
                context.load_verify_locations(self._trust)
            self._context = context
        return self._context


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet, and not another one in disguise."""
    if isinstance(address, ipaddress.IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour or address.teredo
        if hidden is not None or address in _TRANSLATED or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _unsafe(problem: str) -> Refusal:
    return Refusal(Code.RECEIVER_UNSAFE, problem=problem)


def _seconds(headers: httpx.Headers) -> int | None:
    """A pause in seconds (RFC 9110 section 10.2.3); a date counts from the answer's own Date."""
    asked = headers.get("Retry-After", "")
    if _LONGEST_RETRY.fullmatch(asked):
        return int(asked)
    try:
        pause = parsedate_to_datetime(asked) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError, OverflowError):  # no date, or one of the two without its zone
        return None
    return max(0, int(pause.total_seconds()))
