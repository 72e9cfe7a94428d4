"""Ends a program with its parent, however that ended: standard input closes when the parent is gone.

As a program, `python -m lineclear.demo.tether serve --data …` is `lineclear serve --data …` on such a tether.
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def tether() -> None:
    """From now on this process gets SIGTERM when nobody holds the other end of its standard input."""
    threading.Thread(target=_hold, name="lineclear-tether", daemon=True).start()


def _hold() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    signal.raise_signal(signal.SIGTERM)


def main() -> None:
    from lineclear.cli import main as command  # noqa: PLC0415  # the agents need none of it

    tether()
    command(sys.argv[1:])


if __name__ == "__main__":
    main()
