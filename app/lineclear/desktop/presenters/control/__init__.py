"""Control: safe mode, capabilities, tools, modes, people. Free of Qt widgets."""
