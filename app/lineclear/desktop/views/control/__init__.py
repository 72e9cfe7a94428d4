"""The control page and its parts."""
