"""Insights: how people decided. Free of Qt widgets."""
