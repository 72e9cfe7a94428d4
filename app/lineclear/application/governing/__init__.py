"""What people settle for everybody: policy, people, safe mode, canaries. Free of frameworks and databases."""
