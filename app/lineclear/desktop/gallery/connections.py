"""Ways into a backend for the gallery: none known, one refused, several known. Free of widgets."""

from __future__ import annotations

from typing import Final

from lineclear.desktop.presenters.connections.connection_sheets import ConnectionRow, ConnectionsSheet, Form
from lineclear.desktop.presenters.environments import environment_chip
from lineclear.desktop.presenters.sheets import Line, Mark, Notice, NoticeKind
from lineclear.domain.text import paintable

_KEYRING: Final = Line(Mark.MET, "Tokens are kept in the keyring of this system.")
_MEMORY: Final = Line(
    Mark.ATTENTION,
    "There is no keyring here: token and signing key are kept for this run only.",
    "Start the system's keyring, or set LINECLEAR_KEY_PASSPHRASE to keep them in files.",
)
_FORGETTING: Final = (
    "This removes the address and its token in the keyring from this machine. The signing key stays, and so "
    "does all that you decided. The token itself is good until it is revoked at the backend."
)

FIRST: Final = ConnectionsSheet(keeping=_KEYRING)
TYPED: Final = Form("http://lineclear.acme.example:8000", "lc_0000", "Support")
REFUSED: Final = ConnectionsSheet(
    keeping=_MEMORY,
    result=Notice(
        NoticeKind.FAILED,
        "The certificate of https://lineclear.acme.example is not trusted here: self-signed certificate.",
        "Do not go on with a token. Have the backend show a certificate for this host name by an authority "
        "that this machine trusts, or name that authority's file in SSL_CERT_FILE.",
    ),
    try_why_not="The demo is not installed here.",
)


def _row(name: str, environment: str, where: str, *, is_open: bool = False) -> ConnectionRow:
    about = paintable(f"ops-west at {where}")
    return ConnectionRow(
        f"{name}-{environment}", paintable(name), environment_chip(environment), about, is_open, _FORGETTING
    )


KNOWN: Final = ConnectionsSheet(
    (
        _row("acme / support-ops", "production", "https://lineclear.acme.example", is_open=True),
        _row("acme / support-ops", "staging", "https://lineclear.staging.acme.example"),
        _row(
            "A name that somebody took the time to write out in full, with the region and the quarter",
            "development",
            "http://127.0.0.1:8000",
        ),
    ),
    _KEYRING,
)
EDITED: Final = Form("https://lineclear.staging.acme.example", "", "acme / support-ops", KNOWN.rows[1].id)
