"""Whole programs to start from; each runs against `lineclear demo` or any other backend."""
