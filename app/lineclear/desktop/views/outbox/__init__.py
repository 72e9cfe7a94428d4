"""Decisions that are not on the ledger yet."""
