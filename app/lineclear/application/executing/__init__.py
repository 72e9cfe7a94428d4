"""From clearance to effect, and back: start, call, settle, reconcile, undo. Free of frameworks."""
