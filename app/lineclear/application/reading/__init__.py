"""What is shown to people, as values and as sentences. Changes nothing; free of Qt and of HTTP."""
