"""Sentences of refusals about the ledger, what it commits to, and keys. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lineclear.domain.refusal_codes import Code, Form, Kind

FORMS: Final[Mapping[Code, Form]] = {
    Code.BLOB_UNKNOWN: Form(
        Kind.MISSING,
        "No content with digest {digest} is kept here.",
        "It may have been erased; its tombstone is in the ledger.",
    ),
    Code.KEYRING_UNUSABLE: Form(
        Kind.UNAVAILABLE,
        "No usable system keyring was found ({problem}), so your signing key cannot be kept safely.",
        "Start the system keyring; or set LINECLEAR_KEY_PASSPHRASE to keep an encrypted key file; "
        "or use --ephemeral-key for this run only.",
    ),
    Code.LEDGER_ALARM: Form(
        Kind.FORBIDDEN,
        "Approving is off, because the ledger is not the one that was known here: {problem}",
        "Ask whoever runs the backend and show them {evidence}. Once it is explained, "
        "`lineclear review trust-log` begins anew with the ledger as it is.",
    ),
    Code.LEGAL_HOLD: Form(
        Kind.CONFLICT,
        "Nothing may be erased: {by} placed legal hold ({reason}).",
        "An administrator can lift it with `lineclear legal-hold off`, once nobody needs what is kept.",
    ),
    Code.LOG_UNTRUSTED: Form(
        Kind.BROKEN,
        "This ledger's signed root cannot be relied on: {problem}.",
        "Tell an administrator, and keep every checkpoint that you have.",
    ),
    Code.NOTEBOOK_UNUSABLE: Form(
        Kind.UNAVAILABLE,
        "What this device knows of the ledger cannot be read or kept: {path}: {problem}.",
        "Nothing is approved without it. Make the folder writable, or bring it back from a backup.",
    ),
    Code.OUTBOX_FULL: Form(
        Kind.TOO_MANY,
        "{count} decisions wait on this device already, and no more are kept.",
        "Bring the backend back so that they can be sent, or take some of them back.",
    ),
    Code.OUTBOX_UNUSABLE: Form(
        Kind.UNAVAILABLE,
        "The decisions that wait on this device cannot be kept or read: {path}: {problem}.",
        "Nothing was thrown away. Make the folder writable, or bring the file back from a backup; "
        "or move the file out of the folder, look at its action and decide again.",
    ),
    Code.PACK_UNUSABLE: Form(
        Kind.UNPROCESSABLE,
        "{file} cannot be opened as an audit pack: {problem}.",
        "Ask whoever exported it for another copy. Until then nothing in it can be relied on.",
    ),
    Code.FILTER_INVALID: Form(
        Kind.MALFORMED,
        "The filter cannot be read: {problem}.",
        'Write it as in: for:me due:1h capability:billing.refund flagged:yes "double charge".',
    ),
    Code.SEARCH_INVALID: Form(
        Kind.MALFORMED,
        "The search cannot be read: {problem}.",
        'Write it as in: agent:support-agent type:decision amount>100 after:2026-11-01 "double charge".',
    ),
    Code.SECOND_LOOK_FIRST: Form(
        Kind.CONFLICT,
        "The proof of this entry tells who decided before a second look that may be yours.",
        "Decide on the action as if you were the first; then save the proof.",
    ),
    Code.STILL_NEEDED: Form(
        Kind.CONFLICT,
        "{what} is {status}: what would be erased is still needed.",
        "Decide on it, or stop its job; then erase.",
    ),
}
