"""The queue and what opens over it."""
