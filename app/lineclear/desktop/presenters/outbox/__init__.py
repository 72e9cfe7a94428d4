"""Decisions on their way to the ledger, and those that wait for the backend. Free of Qt widgets."""
