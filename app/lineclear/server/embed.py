"""The backend's composition root: a data folder becomes a running workspace. Names the concrete adapters."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL

from lineclear.adapters.auditpack.record import with_record
from lineclear.adapters.connectors.agent import AgentSystem
from lineclear.adapters.connectors.workspace import WorkspaceError, open_workspace
from lineclear.adapters.http.opa import OpaJudge
from lineclear.adapters.http.receivers import ReceiverPoster
from lineclear.adapters.memory.limits import MinuteLimits
from lineclear.adapters.sql.arrivals import SqlArrivals
from lineclear.adapters.sql.store import open_store
from lineclear.adapters.system.clock import SystemClock
from lineclear.adapters.system.ids import SystemIds
from lineclear.adapters.system.secret_box import SecretBox
from lineclear.adapters.system.signatures import Ed25519Signatures
from lineclear.adapters.system.vaults import PASSPHRASE, open_vault
from lineclear.application.agents.outside import Outside
from lineclear.application.governing.policies import versions_of
from lineclear.application.governing.workspaces import activate_policy, ensure_workspace
from lineclear.application.judging.clearing import ACTIVE
from lineclear.application.ports import Snapshot
from lineclear.application.services import Services
from lineclear.domain.control import ActivePolicy, Workspace
from lineclear.domain.policy.document import digest
from lineclear.domain.refusals import Code, Refusal

# Late imports: Litestar takes its time, and tokens and further workers do without it.

LOOPBACK = "127.0.0.1"
WORKSPACE = "workspace.yaml"
POLICY = "policy.yaml"
DATABASE = "lineclear.db"
VAULT = "receivers.key"
WORKERS = 2
_ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Opened:
    """A data folder, open for use: the workspace as its ledger has it, and all that use cases need."""

    services: Services
    workspace: Workspace
    outside: Outside | None = None

    def close(self) -> None:
        self.services.store.close()


def open_data(folder: Path, url: str = "") -> Opened:
    """Open a data folder; its policy is brought into force by `activate`.

    `url` names another database than the SQLite file in the folder. Raises Refusal with what to do where
    a document is missing or wrong, or the database cannot be used.
    """
    clock = SystemClock()
    path = folder / WORKSPACE
    try:
        described = open_workspace(path, now=lambda: int(clock.now().timestamp()))
    except FileNotFoundError:
        raise _missing(path, "it names the systems and the tools of a workspace") from None
    except OSError as error:
        raise Refusal(Code.DOCUMENT_INVALID, document=path, problem=f"{error.strerror}.") from None
    except WorkspaceError as error:
        raise Refusal(Code.DOCUMENT_INVALID, document=folder, problem=f"{error}.") from None
    ids = SystemIds()
    vault = open_vault(folder, ids, os.environ.get(PASSPHRASE, ""))
    store = open_store(url or _database(folder), described.name, vault=vault)
    arrivals = SqlArrivals(store, described.name)
    services = Services(store, described.tools, clock, ids, Ed25519Signatures(), arrivals, judge=OpaJudge())
    try:
        workspace = ensure_workspace(services, described.name, described.environment)
    except BaseException:
        store.close()
        raise
    recorded = with_record(services, workspace, folder)
    return Opened(recorded, workspace, _outside(recorded, described.agents, folder))


def _outside(services: Services, agents: AgentSystem | None, folder: Path) -> Outside | None:
    """The way to receivers of agents' instances; None where no agent executes anything itself."""
    if agents is None:
        return None
    trust = folder / agents.trust if agents.trust else None
    poster = ReceiverPoster(agents.private_receivers, trust)
    return Outside(services, SecretBox(folder / VAULT), poster, MinuteLimits(services.clock))


def _database(folder: Path) -> str:
    return URL.create("sqlite", database=str(folder / DATABASE)).render_as_string()


def activate(services: Services, folder: Path) -> None:
    """Bring the folder's policy into force unless its very text was already; Refusal where it is wrong."""
    path = folder / POLICY
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if services.store.read(lambda snapshot: snapshot.load(ActivePolicy, ACTIVE)) is None:
            raise _missing(path, "it says what agents may do; without one nothing is allowed") from None
        return
    except (OSError, UnicodeDecodeError):
        raise Refusal(
            Code.DOCUMENT_INVALID, document=path, problem="it cannot be read as UTF-8 text."
        ) from None
    if services.store.read(_last_from_folder) != digest(text):
        activate_policy(services, text, by=_ADMINISTRATOR)


def _last_from_folder(snapshot: Snapshot) -> str:
    """The digest of the newest version that came from the folder; empty where none did.

    The same file again says nothing new: what people have brought into force since stays in force.
    """
    return next((one.digest for one in versions_of(snapshot) if one.by == _ADMINISTRATOR), "")


def _missing(path: Path, purpose: str) -> Refusal:
    problem = (
        f"there is no such file; {purpose}. Make one (resources/sample and app/OPERATING.md show how), "
        "or try `lineclear demo`, which brings a sample workspace."
    )
    return Refusal(Code.DOCUMENT_INVALID, document=path, problem=problem)


class Backend:
    """API and workers of one workspace, from `start` to `close`. For one thread at a time."""

    def __init__(
        self,
        data: Path,
        *,
        url: str = "",
        host: str = LOOPBACK,
        port: int = 0,
        hosts: Iterable[str] = (),
        workers: int = WORKERS,
    ) -> None:
        from lineclear.server.serving import HttpServer, listen  # noqa: PLC0415
        from lineclear.server.worker import Workers  # noqa: PLC0415

        self._name = f"[{host}]" if ":" in host else host
        with ExitStack() as undo:
            self._listener = undo.enter_context(listen(host, port))
            self.opened = open_data(data, url)
            undo.callback(self.opened.close)
            activate(self.opened.services, data)
            undo.pop_all()
        self._port = self._listener.getsockname()[1]
        services, outside = self.opened.services, self.opened.outside
        self._server = HttpServer(services, self._listener, {self._name, *hosts}, outside)
        self._workers = Workers(services, count=workers, name="worker", outside=outside)

    @property
    def services(self) -> Services:
        """What use cases need, for whoever runs in this process."""
        return self.opened.services

    def start(self) -> str:
        """Begin to work and to answer; the address."""
        self._workers.start()
        self._server.start()
        return f"http://{self._name}:{self._port}"

    def close(self) -> None:
        """Finish what runs and let go of everything; prompt, and final."""
        self._server.close()
        self._workers.close()
        self.opened.close()
