"""The ledger page: entries, stories, proofs, verdicts and alarms. Free of Qt widgets."""
