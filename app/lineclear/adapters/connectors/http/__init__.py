"""JSON resources over HTTP."""
