"""What a failed connection says, in words for people. Pure."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(r"\[Errno -?[0-9]+\] ?")


def words_of(error: BaseException) -> str:
    """Its own words, without the number that the operating system gives them; its kind where it has none."""
    return _NUMBER.sub("", str(error)).strip().rstrip(".") or type(error).__name__
