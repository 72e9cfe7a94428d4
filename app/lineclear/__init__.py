"""Lineclear: nothing an agent proposes takes effect without a clearance."""

__version__ = "0.1.0"
