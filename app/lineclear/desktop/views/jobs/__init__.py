"""Jobs, their steps and the timeline that one can move in."""
