"""Sentences of refusals at the border: requests, tokens, addresses, documents, the database. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lineclear.domain.refusal_codes import Code, Form, Kind

FORMS: Final[Mapping[Code, Form]] = {
    Code.AGENT_CANNOT_DECIDE: Form(
        Kind.FORBIDDEN,
        "An agent's token can never {deed}.",
        "Ask a person with an approver's or ops lead's token.",
    ),
    Code.BODY_INVALID: Form(
        Kind.MALFORMED, "The body cannot be read: {problem}.", "Correct the body and send it again."
    ),
    Code.BODY_TOO_LARGE: Form(
        Kind.TOO_LARGE,
        "The body has {size} bytes; {limit} is the most.",
        "Send a reference to the content instead of the content.",
    ),
    Code.BROKEN: Form(
        Kind.BROKEN,
        "Something is broken in the backend. It was written to its log as incident {incident}.",
        "Give the incident to whoever runs this backend.",
    ),
    Code.CAPABILITY_NOT_IN_TOKEN: Form(
        Kind.FORBIDDEN,
        "This token does not reach capability {capability}.",
        "It reaches: {reached}. Ask an administrator for a token that reaches more.",
    ),
    Code.DATABASE_BUSY: Form(
        Kind.UNAVAILABLE,
        "The database is locked by another program.",
        "Nothing was changed. Close the other program, then try again.",
    ),
    Code.DATABASE_UNUSABLE: Form(Kind.UNAVAILABLE, "The database cannot be used: {problem}.", "{advice}"),
    Code.DELIVERY_UNSUPPORTED: Form(
        Kind.MALFORMED, "Delivery by {type} is not supported.", "Use a delivery of type webhook."
    ),
    Code.DOCUMENT_INVALID: Form(
        Kind.UNPROCESSABLE, "{document}: {problem}", "Correct the document; the active one stays in force."
    ),
    Code.HOST_REFUSED: Form(
        Kind.FORBIDDEN,
        "This server does not answer to that host name.",
        "Use the address that `lineclear serve` printed, or allow the name with --allow-host.",
    ),
    Code.INSTANCE_DELETED: Form(
        Kind.CONFLICT, "Instance {instance} was deleted.", "Provision another, with a new key."
    ),
    Code.KEY_IN_FLIGHT: Form(
        Kind.CONFLICT,
        "A request with this Idempotency-Key is still being handled.",
        "Wait a moment and send the same request again.",
    ),
    Code.KEY_MISSING: Form(
        Kind.MALFORMED,
        "This request needs an Idempotency-Key header.",
        "Send one unique key per intended write, and the same key when you repeat it.",
    ),
    Code.KEY_REUSED: Form(
        Kind.UNPROCESSABLE,
        "This Idempotency-Key was used before with another body.",
        "Use a new key for a new write.",
    ),
    Code.MEDIA_TYPE_REFUSED: Form(
        Kind.WRONG_MEDIA_TYPE,
        "The body has to be declared as application/json.",
        "Send the header Content-Type: application/json.",
    ),
    Code.METHOD_REFUSED: Form(
        Kind.WRONG_METHOD,
        "{method} is not possible at {path}.",
        "Use one of: {allowed}; /openapi.json says which does what.",
    ),
    Code.NOT_FOUND: Form(Kind.MISSING, "{what} does not exist.", "Check the address."),
    Code.ORIGIN_REFUSED: Form(
        Kind.FORBIDDEN,
        "Requests from web pages are refused.",
        "Use a program of your own, not a page in a browser.",
    ),
    Code.PORT_TAKEN: Form(
        Kind.UNAVAILABLE,
        "Port {port} on {host} is taken by another program.",
        "Choose another port with --port, or --port 0 for any free one.",
    ),
    Code.QUERY_INVALID: Form(
        Kind.MALFORMED,
        "The query cannot be read: {problem}.",
        "Correct the query; /openapi.json lists its members.",
    ),
    Code.RATE_LIMITED: Form(
        Kind.TOO_MANY, "Too many requests: {limit} is the most for {what}.", "Wait a moment, then try again."
    ),
    Code.RECEIVER_UNSAFE: Form(
        Kind.MALFORMED,
        "The receiver's address is refused: {problem}.",
        "Use a public HTTPS address; an administrator can allow a private host in the workspace document.",
    ),
    Code.RECEIVER_UNVERIFIED: Form(
        Kind.UNPROCESSABLE,
        "The receiver could not be verified: {problem}.",
        "See that it answers with the challenge, then send the same request again.",
    ),
    Code.ROLE_INSUFFICIENT: Form(Kind.FORBIDDEN, "{role} may not {deed}.", "This needs: {needed}."),
    Code.SECRET_SHOWN: Form(
        Kind.CONFLICT,
        "The token of {name} was made by this request already, and is shown only once.",
        "Make another one with a new Idempotency-Key, and revoke the first.",
    ),
    Code.SOURCE_CLOSED: Form(
        Kind.FORBIDDEN,
        "This workspace takes no actions that agents execute themselves.",
        "An administrator can declare a system of kind agent in the workspace document.",
    ),
    Code.TOKEN_EXPIRED: Form(
        Kind.UNAUTHENTICATED,
        "The token ended at {expires}.",
        "Ask an administrator for a new one; the console makes them under Connect an agent.",
    ),
    Code.TOKEN_INVALID: Form(
        Kind.UNAUTHENTICATED,
        "The token is missing, unknown or revoked.",
        "Create one with `lineclear token create` and send it as `Authorization: Bearer …`.",
    ),
    Code.UNREACHABLE: Form(
        Kind.UNAVAILABLE,
        "The backend at {url} cannot be reached: {problem}.",
        "Nothing was lost. Check that it runs, then try again.",
    ),
}
