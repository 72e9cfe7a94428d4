"""The review page and what opens in it."""
