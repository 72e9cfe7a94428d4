"""What agents ask for and are told: tool calls, instances, notices. Free of frameworks and databases."""
