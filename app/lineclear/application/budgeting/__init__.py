"""Budgets of jobs and of days: reserved before, settled after. Free of I/O beyond the snapshot."""
