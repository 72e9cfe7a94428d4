"""Backends, and the ways into them. Free of Qt widgets."""
