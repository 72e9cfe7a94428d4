"""The action on screen: its sheet, what can be decided, edited and passed on. Free of Qt widgets."""
