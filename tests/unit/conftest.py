"""A provider over HTTP, and a connector's desk before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.http_desk import Desk
from support.provider import Provider
from support_http_system import CUSTOMERS


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    with Provider(tmp_path / "provider", resources=CUSTOMERS) as provider:
        yield provider


@pytest.fixture
def desk(provider: Provider, tmp_path: Path) -> Callable[[str], Desk]:
    return lambda text: Desk(provider, tmp_path / "journal", text)
