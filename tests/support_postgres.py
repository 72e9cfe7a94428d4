"""A throw-away PostgreSQL cluster for tests: found, made, started and stopped here; free of pytest.

Run as a program it prints the folder of PostgreSQL's programs, or ends with 1 when there is none.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
ACCOUNTS = ("postgres", "nobody")


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`: named by LINECLEAR_POSTGRES_BIN, the newest, or on PATH."""
    named = os.environ.get("LINECLEAR_POSTGRES_BIN")
    installed = (
        Path(match) for pattern in FOLDERS for match in sorted(Path("/").glob(pattern[1:]), key=_version)
    )
    on_path = shutil.which("initdb")
    candidates = (
        [Path(named)]
        if named
        else [*reversed(list(installed)), *([Path(on_path).resolve().parent] if on_path else [])]
    )
    return next(
        (folder for folder in candidates if (folder / "initdb").exists() and (folder / "pg_ctl").exists()),
        None,
    )


def _version(folder: Path) -> int:
    return int("".join(character for character in str(folder) if character.isdigit()) or "0")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server on the loopback address with one superuser; `databases` numbers what is asked for."""

    port: int
    password: str
    databases: Iterator[int]

    def url(self, database: str = "postgres") -> str:
        """The form that SQLAlchemy takes."""
        return f"postgresql+psycopg://lineclear:{self.password}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """An empty database while it is needed. Dropping it ends the connections that are still open."""
        name = f"test_{next(self.databases)}"
        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            yield self.url(name)
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def conninfo(self) -> str:
        """The form that libpq takes, for the maintenance database."""
        return f"host=127.0.0.1 port={self.port} user=lineclear password={self.password} dbname=postgres"


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster run by an unprivileged account (PostgreSQL refuses root) and thrown away at the end."""
    account = _account()
    # Not below TMPDIR: as root that may be a private folder, which the unprivileged account cannot enter.
    base = Path(tempfile.mkdtemp(prefix="lineclear-postgres-", dir="/tmp"))
    data, secret, password = base / "data", base / "password", secrets.token_hex(16)
    secret.write_text(password, encoding="utf-8")
    if account:
        for path in (base, secret):
            shutil.chown(path, account, pwd.getpwnam(account).pw_gid)
    try:
        port = _start(folder, data, secret, account)
        try:
            yield Cluster(port, password, count(1))
        finally:
            _run(folder / "pg_ctl", "stop", "--pgdata", data, "--mode", "immediate", account=account)
    finally:
        shutil.rmtree(base)


def _account() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ACCOUNTS if name in known)


def _start(folder: Path, data: Path, secret: Path, account: str | None) -> int:
    """Retries with another port where somebody took the free one between asking and starting."""
    _run(
        folder / "initdb",
        *("--pgdata", data, "--username", "lineclear", "--pwfile", secret, "--auth", "scram-sha-256"),
        *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
        account=account,
    )
    for attempt in range(3):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        settings = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200"
        )
        try:
            _run(
                folder / "pg_ctl",
                *("start", "--wait", "--pgdata", data, "--log", data / "server.log", "--options", settings),
                account=account,
            )
        except subprocess.CalledProcessError:
            if attempt == 2:
                raise
        else:
            return port
    raise AssertionError


def _run(program: Path, *arguments: str | Path, account: str | None) -> None:
    """A program that fails shows what it said. It works in its own folder: the account may not enter ours."""
    result = subprocess.run(
        [program, *arguments],
        cwd=program.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        user=account,
        group=pwd.getpwnam(account).pw_gid if account else None,
        extra_groups=[] if account else None,
    )
    if result.returncode:
        sys.stderr.write(result.stderr)
        result.check_returncode()


if __name__ == "__main__":
    found = programs()
    sys.stdout.write(f"{found}\n" if found else "")
    sys.exit(0 if found else 1)
