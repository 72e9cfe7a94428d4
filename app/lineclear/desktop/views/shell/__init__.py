"""The window, and what lies around and over its pages."""
