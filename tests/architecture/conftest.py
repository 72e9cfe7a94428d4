"""The rules of one module share what they read of the project."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support_source import forget


@pytest.fixture(scope="module", autouse=True)
def _trees() -> Iterator[None]:
    yield
    forget()
