"""Use cases and the ports that they need. Free of frameworks, databases, HTTP and Qt."""
