"""Jobs, their steps and their budgets. Free of Qt widgets."""
