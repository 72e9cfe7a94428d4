"""How the reviewing commands reach a backend, a key and a person. A composition root."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, TextIO

import typer

from lineclear.application.reading.answers import Me
from lineclear.application.record.witnessing import LogGateway, Notebook
from lineclear.cli.office import Office
from lineclear.cli.rendering import Screen, words
from lineclear.cli.reviewing import Backend, Desk, KeyChain, answering
from lineclear.cli.staffing import Clerk
from lineclear.domain.refusals import Code, Refusal

# Late imports: a command that reaches no backend starts without what reaches one.

PASSPHRASE = "LINECLEAR_KEY_PASSPHRASE"  # noqa: S105  # the name of a variable, not a secret
EPILOGUE = (
    "Exit codes: 0 done, 1 a bug, 2 wrong usage, 3 refused, 4 something here cannot be used or reached. "
    "With --json an answer is one line on standard output, named as in the HTTP API, where "
    "members that hold their default are left out. A failure is "
    '{"error": {"code", "sentence", "remedy", "params"}} with its exit code.'
)

Url = Annotated[str, typer.Option("--url", envvar="LINECLEAR_URL", help="The backend's address.")]
Token = Annotated[
    str,
    typer.Option(
        "--token",
        envvar="LINECLEAR_TOKEN",
        help="Your token. Others here can read a command line: prefer the variable or --token-file.",
    ),
]
TokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", exists=True, dir_okay=False, help="A file that holds your token."),
]
EphemeralKey = Annotated[
    bool,
    typer.Option(
        "--ephemeral-key",
        help=f"Where there is no system keyring and no {PASSPHRASE}: sign with a key of this run only.",
    ),
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where to work and as whom, as the options say."""

    url: str
    token: str
    token_file: Path | None
    as_json: bool
    ephemeral_key: bool = False


@contextmanager
def desk(place: Place) -> Iterator[Desk]:
    """A desk at the backend; a refusal inside ends the command with its sentence, remedy and exit code."""
    from lineclear.adapters.http.client import BackendClient  # noqa: PLC0415  # slow to import
    from lineclear.adapters.system.clock import SystemClock  # noqa: PLC0415
    from lineclear.adapters.system.ids import SystemIds  # noqa: PLC0415

    out, err = _screen(sys.stdout, as_json=place.as_json), _screen(sys.stderr, as_json=False)
    with answering(out, err):
        client = BackendClient(place.url, _token(place))
        backend: Backend = client
        try:
            watch = partial(_watch, client.log, place)
            ask = _asker(place)
            prompt = _prompt if ask is not None else None
            yield Desk(backend, out, SystemClock(), SystemIds(), _keys(place), ask, watch, prompt)
        finally:
            client.close()


@contextmanager
def clerk(place: Place) -> Iterator[Clerk]:
    """As `desk`, for what is done about people; nothing is signed."""
    from lineclear.adapters.http.client import BackendClient  # noqa: PLC0415  # slow to import
    from lineclear.adapters.system.clock import SystemClock  # noqa: PLC0415
    from lineclear.adapters.system.ids import SystemIds  # noqa: PLC0415

    out, err = _screen(sys.stdout, as_json=place.as_json), _screen(sys.stderr, as_json=False)
    with answering(out, err):
        client = BackendClient(place.url, _token(place))
        try:
            yield Clerk(client.people, out, SystemClock(), SystemIds())
        finally:
            client.close()


@contextmanager
def office(place: Place) -> Iterator[Office]:
    """As `desk`, for what is done about policy; nothing is signed."""
    from lineclear.adapters.http.client import BackendClient  # noqa: PLC0415  # slow to import
    from lineclear.adapters.system.ids import SystemIds  # noqa: PLC0415

    out, err = _screen(sys.stdout, as_json=place.as_json), _screen(sys.stderr, as_json=False)
    with answering(out, err):
        client = BackendClient(place.url, _token(place))
        try:
            yield Office(client.policies, out, SystemIds(), _asker(place))
        finally:
            client.close()


def _screen(stream: TextIO, *, as_json: bool) -> Screen:
    from rich.console import Console  # noqa: PLC0415  # slow to import

    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # whatever the terminal's encoding lacks is escaped too
    return Screen(Console(file=stream, markup=False, emoji=False, highlight=False), as_json=as_json)


def _token(place: Place) -> str:
    """The token from the file if there is one; Refusal(TOKEN_INVALID) for what cannot be a token."""
    token = place.token
    if place.token_file is not None:
        try:
            token = place.token_file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise Refusal(Code.TOKEN_INVALID) from None
    if not token or not token.isascii() or not token.isprintable():
        raise Refusal(Code.TOKEN_INVALID)
    return token


def _keys(place: Place) -> Callable[[], KeyChain]:
    def opened() -> KeyChain:
        from lineclear.adapters.system.key_chains import open_keys  # noqa: PLC0415  # slow to import

        return open_keys(
            _data_folder() / "keys", passphrase=os.environ.get(PASSPHRASE), ephemeral=place.ephemeral_key
        )

    return opened


def notebook_at(origin: str) -> Notebook:
    """What this device knows of the ledger that begins with this entry."""
    from lineclear.adapters.system.notebooks import LEDGERS, notebook_of  # noqa: PLC0415  # slow to import

    return notebook_of(_data_folder() / LEDGERS, origin)


def forget_replicas(origin: str) -> None:
    """What consoles kept here of a ledger that was accepted anew: they read it anew."""
    from lineclear.adapters.system.replicas import REPLICAS, drop_replicas  # noqa: PLC0415  # slow to import

    drop_replicas(_data_folder() / REPLICAS, origin)


def _watch(log: LogGateway, place: Place, me: Me) -> None:
    """Verify the log against what was kept, and keep it; cosigning is for consoles, which stay."""
    from lineclear.adapters.memory.notebook import MemoryNotebook  # noqa: PLC0415  # slow to import
    from lineclear.adapters.system.clock import SystemClock  # noqa: PLC0415
    from lineclear.adapters.system.ids import SystemIds  # noqa: PLC0415
    from lineclear.adapters.system.signatures import verifier_of  # noqa: PLC0415
    from lineclear.application.record.witnessing import Means, Witness  # noqa: PLC0415

    notebook = MemoryNotebook() if place.ephemeral_key else notebook_at(me.origin)
    witness = Witness(Means(log, notebook, verifier_of, SystemClock(), SystemIds()), me.origin, me.subject)
    witness.check()
    witness.require_calm()


def _data_folder() -> Path:
    from platformdirs import user_data_path  # noqa: PLC0415  # slow to import

    return user_data_path("lineclear", appauthor=False)


def _asker(place: Place) -> Callable[[str], bool] | None:
    """Asks on the terminal; None with --json, and where input or output is no terminal."""
    if place.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    return _ask


def _ask(question: str) -> bool:
    """True for y or yes alone. Keys pressed before the question stood there count for nothing."""
    _forget_keys()
    sys.stdout.write(f"{words(question).plain} [y/N] ")
    sys.stdout.flush()
    try:
        return sys.stdin.readline().strip().lower() in {"y", "yes"}
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        return False


def _prompt(question: str) -> str:
    """A line of text. Keys pressed before the question stood there are forgotten."""
    _forget_keys()
    sys.stdout.write(f"{words(question).plain} ")
    sys.stdout.flush()
    try:
        return sys.stdin.readline().strip()
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        return ""


def _forget_keys() -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  # exists there only

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios  # noqa: PLC0415  # exists here only

        termios.tcflush(sys.stdin, termios.TCIFLUSH)
