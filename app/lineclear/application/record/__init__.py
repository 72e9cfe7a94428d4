"""The ledger as a record for others: read, judged, witnessed, erased from. Free of frameworks."""
