"""A refusal in the reader's language: wire, log and ledger keep its English form. Pure: free of Qt."""

from __future__ import annotations

from lineclear.desktop.presenters.sheets import Notice, NoticeKind, Step
from lineclear.domain.refusals import FORMS, Refusal, filled
from lineclear.domain.text import paintable
from lineclear.domain.wording import say


def sentence_of(refusal: Refusal) -> str:
    """What was refused."""
    return filled(say(FORMS[refusal.code].says), refusal.params)


def remedy_of(refusal: Refusal) -> str:
    """What can be done next; empty where nothing can."""
    return filled(say(FORMS[refusal.code].remedy), refusal.params)


def whole_of(refusal: Refusal) -> str:
    """Both in one."""
    return f"{sentence_of(refusal)} {remedy_of(refusal)}".strip()


def notice_of(refusal: Refusal, kind: NoticeKind = NoticeKind.FAILED, step: Step | None = None) -> Notice:
    """Both as a state of a page, with what hides in names made visible."""
    return Notice(kind, paintable(sentence_of(refusal)).text, paintable(remedy_of(refusal)), step)
