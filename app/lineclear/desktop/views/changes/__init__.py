"""The real change, painted."""
