"""The page on which agents are connected."""
