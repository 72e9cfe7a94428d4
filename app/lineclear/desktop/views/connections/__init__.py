"""The page of known backends."""
