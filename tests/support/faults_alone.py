"""Runs one errand of `faults_crash` in this process. Arguments: the command and the errand, both as JSON."""

from __future__ import annotations

import json
import sys

from support.faults_backend import Command, compose
from support.faults_crash import Errand, crash


def main(command: str, errand: str) -> None:
    crash(compose(Command(**json.loads(command))), Errand(**json.loads(errand)))


if __name__ == "__main__":
    main(*sys.argv[1:])
