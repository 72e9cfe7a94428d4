"""The queue: its order, its views, and like actions approved together. Free of Qt widgets."""
