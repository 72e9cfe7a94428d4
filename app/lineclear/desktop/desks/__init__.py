"""The wiring of each page: presenters to views, commands and files. Holds no rules."""
