"""Files of a Git repository."""
