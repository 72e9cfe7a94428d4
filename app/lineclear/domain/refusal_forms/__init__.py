"""The sentence and the remedy of every refusal. Pure: sentences are made in here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lineclear.domain.refusal_codes import Code, Form
from lineclear.domain.refusal_forms import (
    at_the_border,
    of_connecting,
    of_deciding,
    of_gateway,
    of_keeping,
    of_work,
)

FORMS: Final[Mapping[Code, Form]] = MappingProxyType(
    {
        **at_the_border.FORMS,
        **of_connecting.FORMS,
        **of_deciding.FORMS,
        **of_gateway.FORMS,
        **of_keeping.FORMS,
        **of_work.FORMS,
    }
)
