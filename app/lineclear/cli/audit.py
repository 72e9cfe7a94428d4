"""`lineclear audit`: packs for auditors, made, verified, read, excerpted. A composition root."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from lineclear import __version__
from lineclear.application.record.findings import Scope
from lineclear.application.services import stamp
from lineclear.cli.auditing import (
    Progress,
    conclusion_json,
    conclusion_words,
    progress,
    scope_of,
    story_words,
)
from lineclear.cli.exits import Exit, refusing
from lineclear.cli.options import AsJson, Database, answer, new_app
from lineclear.domain.refusals import Code, Refusal

if TYPE_CHECKING:
    from lineclear.adapters.auditpack.exporting import Plan
    from lineclear.adapters.auditpack.forms import About
    from lineclear.adapters.auditpack.sources import LedgerSource
    from lineclear.adapters.auditpack.verifying import Report
    from lineclear.domain.ledger.notes import VerifierKey
    from lineclear.domain.ledger.signing import Signer

# Late imports: each command brings its own part of the auditor, so that none pays for the others.

app = new_app(no_args_is_help=True)

PROGRAM = f"lineclear {__version__}"

Pack = Annotated[Path, typer.Argument(metavar="FILE", help="The pack, or the folder of an unpacked one.")]
Key = Annotated[
    str,
    typer.Option(envvar="LINECLEAR_LOG_KEY", help="The log's key as you know it: its vkey, or its id."),
]
Kept = Annotated[
    list[Path] | None,
    typer.Option(exists=True, dir_okay=False, help="A checkpoint that you kept; may be repeated."),
]
Exporter = Annotated[str, typer.Option(help="The id of the key of an exporter whom you trust.")]
ActionId = Annotated[str, typer.Argument(metavar="ACTION", help="The action's id.")]


@app.callback()
def audit() -> None:
    """Make, verify and read packs that prove what happened, without a network and without trust in us."""


@app.command()
def export(  # noqa: PLR0913  # each is an option of the command
    *,
    out: Annotated[Path, typer.Option(help="The pack to write; replaced where it exists.")],
    data: Annotated[Path | None, typer.Option(help="The data folder: the pack is signed by the log.")] = None,
    db: Database = "",
    url: Annotated[str, typer.Option(help="Or a backend's address: signed by a key of this export.")] = "",
    token: Annotated[str, typer.Option(envvar="LINECLEAR_TOKEN", help="Your token, with --url.")] = "",
    token_file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Or its file.")] = None,
    key: Key = "",
    job: Annotated[str, typer.Option(help="Only this job's contents and decisions.")] = "",
    agent: Annotated[str, typer.Option(help="Only this agent's.")] = "",
    capability: Annotated[str, typer.Option(help="Only this capability's.")] = "",
    action: Annotated[str, typer.Option(help="Only this action's.")] = "",
    since: Annotated[
        str, typer.Option("--from", help="Only what something happened to from this time.")
    ] = "",
    until: Annotated[str, typer.Option("--to", help="And before this time.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write a pack: the whole ledger, and the contents and decisions of the scope that you choose.

    Contents lie in it as they are. Whoever has the pack can read them.
    """
    named = {"job": job, "agent": agent, "capability": capability, "action": action}
    scope = scope_of(named, since, until)
    if (data is None) is (not url):
        raise typer.BadParameter("choose one of --data and --url")
    with refusing(as_json=as_json):
        opened = _in_folder(data, db) if data else _at_backend(url, _token(token, token_file), key)
        with opened as ledger:
            about = _exported(ledger, scope, out)
    _tell_export(about, ledger, out, as_json=as_json)


@app.command("key")
def show_key(
    *,
    data: Annotated[Path, typer.Option(help="The data folder of the backend.")],
    db: Database = "",
    as_json: AsJson = False,
) -> None:
    """Print the log's public key, which auditors have to get from you, and not from a pack.

    Its private half is `log.key` in the data folder (PKCS#8, for its owner alone), made when first needed,
    and encrypted where LINECLEAR_LOG_PASSPHRASE is set then. Whoever has it can write another history.
    """
    from lineclear.domain.ledger.signing import key_id  # noqa: PLC0415

    with refusing(as_json=as_json), _in_folder(data, db) as ledger:
        said = {"vkey": str(ledger.log), "key": key_id(ledger.log.public_key)}
    answer(said, f"vkey    {said['vkey']}\nkey id  {said['key']}", as_json=as_json)


@app.command()
def check(
    *,
    data: Annotated[Path, typer.Option(help="The data folder of the backend.")],
    db: Database = "",
    checkpoint: Kept = None,
    as_json: AsJson = False,
) -> None:
    """Hash the whole ledger where it lies, and hold it against what its key signed and what you kept.

    On SQLite all processors help. Whether what is recorded could happen is for `lineclear audit verify`.
    """
    from lineclear.adapters.auditpack.checking import check_ledger  # noqa: PLC0415  # slow to import

    with refusing(as_json=as_json), _in_folder(data, db, progress("Hashing")) as ledger:
        notes = [(path.name, path.read_bytes()) for path in checkpoint or []]
        checked = check_ledger(ledger.source, ledger.log, notes)
    words = (
        f"All {checked.size:,} entries are those that the log's key signed for (root {checked.root.hex()})."
    )
    if checked.kept:
        words += (
            f"\nThey continue each checkpoint that you kept: {', '.join(f'{one:,}' for one in checked.kept)}."
        )
    answer(
        {"size": checked.size, "root": checked.root.hex(), "kept": list(checked.kept)}, words, as_json=as_json
    )


@app.command()
def verify(
    file: Pack,
    *,
    key: Key = "",
    checkpoint: Kept = None,
    exporter: Exporter = "",
    as_json: AsJson = False,
) -> None:
    """Judge a pack, and say what it proves and what it does not. Ends with 3 where it is not sound."""
    with refusing(as_json=as_json):
        conclusion = _judged(file, key, checkpoint or [], exporter).conclusion
    answer(conclusion_json(conclusion), conclusion_words(conclusion), as_json=as_json)
    if not conclusion.is_sound:
        raise typer.Exit(Exit.REFUSED)


@app.command()
def show(
    file: Pack,
    target: Annotated[str, typer.Argument(metavar="ACTION|JOB", help="An action's id, or a job's.")],
    *,
    key: Key = "",
    checkpoint: Kept = None,
    exporter: Exporter = "",
    as_json: AsJson = False,
) -> None:
    """Tell what happened to one action: proposal, policy, signed decisions, start, effect, proof.

    Of a job: its steps, each with what went in and what came out where that was recorded and is in the pack.
    """
    from lineclear.adapters.auditpack.container import open_pack  # noqa: PLC0415  # slow to import
    from lineclear.adapters.auditpack.story import tell  # noqa: PLC0415

    with refusing(as_json=as_json):
        report = _judged(file, key, checkpoint or [], exporter, watch=target)
        if not report.steps:
            raise _unknown(target)
        with _reading(file), open_pack(file) as pack:
            told = list(tell(pack, report.steps))
    whose = report.steps[0].recorded.stream.partition("/")[0]
    said = {whose: target, "story": [asdict(one) for one in told], **conclusion_json(report.conclusion)}
    answer(said, story_words(told, report.conclusion), as_json=as_json)
    if not report.conclusion.is_sound:
        raise typer.Exit(Exit.REFUSED)


@app.command()
def prove(
    file: Pack,
    action: ActionId,
    *,
    out: Annotated[Path, typer.Option(help="A folder that does not exist yet.")],
    key: Key = "",
    checkpoint: Kept = None,
    exporter: Exporter = "",
    as_json: AsJson = False,
) -> None:
    """Take one action out of a sound pack, with all proofs, for somebody who may see no more."""
    from lineclear.adapters.auditpack.excerpting import ExcerptError, excerpt  # noqa: PLC0415  # slow to import

    with refusing(as_json=as_json):
        conclusion = _judged(file, key, checkpoint or [], exporter).conclusion
        if not conclusion.is_sound:
            raise _unusable(file, "it is not sound; `lineclear audit verify` says why.")
        try:
            with _reading(out):
                count = excerpt(file, action, out)
        except ExcerptError as error:
            raise _unusable(file, f"{error}.") from None
    words = f"{out} holds {count} entries with their proofs. Check it with `lineclear audit verify {out}`."
    answer({"folder": str(out), "entries": count}, words, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Ledger:
    """A ledger to export, its log's key, and who signs the pack."""

    source: LedgerSource
    log: VerifierKey
    signer: Signer


@contextmanager
def _in_folder(data: Path, db: str, told: Progress | None = None) -> Iterator[_Ledger]:
    from lineclear.adapters.auditpack.record import record_of, silent  # noqa: PLC0415  # slow to import
    from lineclear.adapters.auditpack.sources import StoreSource  # noqa: PLC0415
    from lineclear.server.embed import open_data  # noqa: PLC0415  # an extra

    opened = open_data(data, db)
    try:
        store = opened.services.store
        record = record_of(store, opened.services.ids, opened.workspace, data, told or silent)
        yield _Ledger(StoreSource(store, record), record.key, record.signer)
    finally:
        opened.close()


@contextmanager
def _at_backend(url: str, token: str, key: str) -> Iterator[_Ledger]:
    from lineclear.adapters.auditpack.sources import HttpSource  # noqa: PLC0415  # slow to import
    from lineclear.adapters.system.ids import SystemIds  # noqa: PLC0415
    from lineclear.adapters.system.signatures import Ed25519Signer  # noqa: PLC0415
    from lineclear.domain.ledger.notes import NoteError, parse_vkey  # noqa: PLC0415

    try:
        log = parse_vkey(key)
    except NoteError:
        raise typer.BadParameter(
            "--url needs --key with the log's vkey, as `lineclear audit key` prints it"
        ) from None
    source = HttpSource(url, token)
    try:
        yield _Ledger(source, log, Ed25519Signer(SystemIds().secret()))
    finally:
        source.close()


def _token(token: str, file: Path | None) -> str:
    return file.read_text(encoding="utf-8").strip() if file is not None else token


def _exported(ledger: _Ledger, scope: Scope, out: Path) -> About:
    from lineclear.adapters.auditpack.exporting import ExportError, export_pack  # noqa: PLC0415  # slow to import
    from lineclear.adapters.auditpack.writing import TooLargeError  # noqa: PLC0415
    from lineclear.domain.ledger.checkpoint import CheckpointError  # noqa: PLC0415
    from lineclear.domain.ledger.notes import NoteError  # noqa: PLC0415

    try:
        with _reading(out):
            return export_pack(ledger.source, _plan(ledger, scope), out)
    except (ExportError, CheckpointError, NoteError) as error:
        raise _unusable(out, f"nothing was written, because the ledger cannot be trusted: {error}.") from None
    except TooLargeError as error:
        raise _unusable(out, f"nothing was written: {error}. Choose a narrower scope.") from None


def _plan(ledger: _Ledger, scope: Scope) -> Plan:
    from lineclear.adapters.auditpack.exporting import Plan  # noqa: PLC0415  # slow to import
    from lineclear.adapters.auditpack.texts import guide, verifier  # noqa: PLC0415
    from lineclear.adapters.system.clock import SystemClock  # noqa: PLC0415

    by_log = ledger.signer.public_key == ledger.log.public_key
    return Plan(
        scope=scope,
        log=ledger.log,
        signer=ledger.signer,
        at=stamp(SystemClock().now()),
        program=PROGRAM,
        guide=guide(ledger.log, PROGRAM, is_signed_by_log=by_log),
        verifier=verifier(),
    )


def _tell_export(about: About, ledger: _Ledger, out: Path, *, as_json: bool) -> None:
    from lineclear.domain.ledger.signing import key_id  # noqa: PLC0415

    signer = key_id(ledger.signer.public_key)
    said = {"file": str(out), "signer": signer, **msgspec.to_builtins(about)}
    how = f"--key {key_id(ledger.log.public_key)}"
    if about.signed_by != "log":
        how += f" --exporter {signer}"
    counts = about.counts
    words = (
        f"{out} holds {about.size:,} entries, {counts.decisions:,} decisions, {counts.contents:,} contents "
        f"({about.scope.words}).\nCheck it with `lineclear audit verify {out} {how}`."
    )
    answer(said, words, as_json=as_json)


def _judged(file: Path, key: str, kept: list[Path], exporter: str, *, watch: str = "") -> Report:
    from lineclear.adapters.auditpack.head import Trust  # noqa: PLC0415  # slow to import
    from lineclear.adapters.auditpack.verifying import verify_pack  # noqa: PLC0415

    with _reading(file):
        trust = Trust(key, tuple(path.read_bytes() for path in kept), exporter)
        return verify_pack(file, trust, progress=progress("Reading"), watch=watch)


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unusable(Path(error.filename or file), f"{error.strerror}.") from None


def _unknown(target: str) -> Refusal:
    if target.startswith("job-"):
        return Refusal(Code.NOT_FOUND, what=f"Job {target}")
    return Refusal(Code.ACTION_UNKNOWN, action=target)


def _unusable(file: Path, problem: str) -> Refusal:
    return Refusal(Code.DOCUMENT_INVALID, document=file, problem=problem)
