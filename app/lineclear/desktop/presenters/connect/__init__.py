"""Connecting agents, up to their first call. Free of Qt widgets."""
