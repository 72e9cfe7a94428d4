"""`python -m lineclear.demo.agents support --url … --data …`: one sample agent as a process of its own.

The token comes from LINECLEAR_TOKEN. Exit codes: 0 all its actions are settled, 4 the backend is gone.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from lineclear.agents import Client, Refusal
from lineclear.cli.exits import Exit
from lineclear.demo.agents.memory import Memory
from lineclear.demo.agents.roster import AGENTS
from lineclear.demo.agents.runner import Pace, Runner
from lineclear.demo.agents.story import Desk
from lineclear.demo.picker import Picker
from lineclear.demo.reading import Systems
from lineclear.demo.tether import tether


def main() -> int:
    given = _arguments().parse_args()
    if given.tethered:
        tether()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    name = f"{given.agent}-agent"
    desk = Desk(Systems(given.data), Picker(given.seed, name))
    memory = Memory(given.data / f"{name}.json")
    pace = Pace(given.pace, given.actions, given.open)
    try:
        with Client(given.url) as client:
            Runner(client, memory, pace, namespace=f"{name}/{given.seed}").run(AGENTS[name](desk))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal.sentence}\n{refusal.remedy}\n")
        return Exit.UNUSABLE
    except KeyboardInterrupt:
        return Exit.OK  # what waits stays in the queue
    return Exit.OK


def _arguments() -> argparse.ArgumentParser:
    usual = Pace()
    parser = argparse.ArgumentParser(
        prog="python -m lineclear.demo.agents", description="Run a sample agent."
    )
    parser.add_argument("agent", choices=[name.removesuffix("-agent") for name in AGENTS])
    parser.add_argument("--url", default="", help="the backend; else LINECLEAR_URL")
    parser.add_argument("--data", type=Path, required=True, help="the folder of the sample workspace")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--actions", type=int, default=usual.actions, help="how many in all")
    parser.add_argument("--pace", type=float, default=usual.seconds, help="seconds between two")
    parser.add_argument("--open", type=int, default=usual.open_at_once, help="how many wait at once")
    parser.add_argument("--tethered", action="store_true", help="end with whoever holds standard input")
    return parser


if __name__ == "__main__":
    sys.exit(main())
