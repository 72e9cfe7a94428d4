"""The policy lab: a draft that is tried, and what it would do. Free of Qt widgets."""
