"""Rows of SQLite and PostgreSQL."""
