"""Sentences of refusals that a person meets who connects a console to a backend. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lineclear.domain.refusal_codes import Code, Form, Kind

FORMS: Final[Mapping[Code, Form]] = {
    Code.ADDRESS_INVALID: Form(
        Kind.MALFORMED,
        "This is no address of a backend.",
        "Write it as `lineclear serve` prints it: http or https, a host, and a port if it has one.",
    ),
    Code.ADDRESS_SILENT: Form(
        Kind.UNAVAILABLE,
        "{url} did not answer within {seconds} seconds.",
        "Check the port, and whether a firewall or a VPN stands between; then try again.",
    ),
    Code.ADDRESS_UNKNOWN: Form(
        Kind.UNAVAILABLE,
        "Nothing answers at {url}: {problem}.",
        "Check host and port against what `lineclear serve` printed, and that it runs.",
    ),
    Code.AGENT_CANNOT_LOOK: Form(
        Kind.FORBIDDEN,
        "This is the token of the agent {agent}; a console is for people.",
        "Use a token of your own; `lineclear token create --role approver` makes one.",
    ),
    Code.BACKEND_OTHER: Form(
        Kind.UNAVAILABLE,
        "{url} answers, but it is no Lineclear backend: {problem}.",
        "Leave out paths such as /v1 or /aap, and check the port.",
    ),
    Code.CERTIFICATE_REFUSED: Form(
        Kind.UNAVAILABLE,
        "The certificate of {url} is not trusted here: {problem}.",
        "Do not go on with a token. Have the backend show a certificate for this host name by an authority "
        "that this machine trusts, or name that authority's file in SSL_CERT_FILE.",
    ),
}
