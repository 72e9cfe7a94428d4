"""A program that appends jobs from several threads and prints each id once acknowledged, until it is killed.

Arguments: database address, key in hexadecimal or nothing, a word that makes the ids its own.
"""

from __future__ import annotations

import os
import sys
import threading
from itertools import count

from lineclear.adapters.sql.store import open_store
from support.ledgers import open_job

THREADS = 4


def main(url: str, key: str, word: str) -> None:
    store = open_store(url, "acme", key=bytes.fromhex(key) or None)

    def append(thread: int) -> None:
        for number in count():
            identifier = f"{word}-{thread}-{number}"
            store.transact(lambda tx, name=identifier: open_job(tx, name))
            os.write(1, f"{identifier}\n".encode())  # in one piece, among the other threads

    for thread in range(THREADS):
        threading.Thread(target=append, args=(thread,)).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
