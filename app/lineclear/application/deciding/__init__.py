"""What a reviewer does to an action: claim, edit, decide. Free of HTTP, keyrings and databases."""
