"""Real parts, put together for tests. Free of mocks."""
