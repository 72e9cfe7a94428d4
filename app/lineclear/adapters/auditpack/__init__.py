"""Packs for auditors: written, read and judged as hostile input, with the log's key and record behind them.

Free of databases and of HTTP servers; ledgers come in through `sources`.
"""
