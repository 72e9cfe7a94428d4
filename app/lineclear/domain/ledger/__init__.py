"""The ledger's formats and proofs: entries, tree, tiles, notes, statements. Free of I/O, clocks and keys."""
