"""Every refusal that a person or an agent can meet: a code, parameters, a sentence, a remedy. Pure.

Sentences are made in `refusal_forms` and nowhere else. Anything that is not a Refusal is a bug.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lineclear.domain.refusal_codes import Code, Form, Kind
from lineclear.domain.refusal_forms import FORMS

__all__ = ["FORMS", "Code", "Form", "Kind", "Refusal", "filled"]


_PLACE = re.compile(r"\{(\w+)\}(\.?)")


class Refusal(Exception):  # noqa: N818  # the product's own word for an expected no
    """An expected no. `str()` gives the sentence; `remedy` what to do next."""

    def __init__(self, code: Code, /, **params: object) -> None:
        self.code = code
        self.params = {name: str(value) for name, value in params.items()}
        super().__init__(self.sentence)

    @property
    def kind(self) -> Kind:
        return FORMS[self.code].kind

    @property
    def sentence(self) -> str:
        return filled(FORMS[self.code].says, self.params)

    @property
    def remedy(self) -> str:
        return filled(FORMS[self.code].remedy, self.params)


def filled(form: str, params: Mapping[str, str]) -> str:
    """Put the parameters into the form.

    One that ends in a full stop gives it up where the form has its own.
    """

    def value(place: re.Match[str]) -> str:
        name, stop = place.groups()
        return params[name].removesuffix(stop) + stop if stop else params[name]

    return _PLACE.sub(value, form)
