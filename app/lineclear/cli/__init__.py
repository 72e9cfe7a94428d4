"""The command line; its entry point is `main`. Free of imports beyond it, so that help comes at once."""

from lineclear.cli.main import main

__all__ = ["main"]
