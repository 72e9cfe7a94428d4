"""What a policy would have done with what really happened. Changes nothing; free of frameworks."""
