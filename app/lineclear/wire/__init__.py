"""HTTP messages, once, for both sides. Free of HTTP libraries, databases and Qt."""
