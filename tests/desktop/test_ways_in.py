"""Ways into a backend: try, connect, use one that is known, edit, forget; and what each failure says."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest

from lineclear.adapters.system.tokens import MemoryTokens
from lineclear.application.reading.answers import Me
from lineclear.desktop.address import Address, Trial
from lineclear.desktop.background import HeldBackground, InlineBackground
from lineclear.desktop.connections import Connection, Connections, connection_id
from lineclear.desktop.presenters.connections.connection_sheets import Form
from lineclear.desktop.presenters.connections.ways_in import Connecting, Ways
from lineclear.desktop.presenters.environments import environment_chip
from lineclear.desktop.presenters.sheets import Mark, NoticeKind, Tone, text_of
from lineclear.domain.refusals import Code, Refusal

URL = "https://lineclear.example.com"


class Kept(MemoryTokens):
    kept = "keyring"


@dataclass
class World:
    """Backends by address and token, and whatever an attempt said."""

    book: Connections
    tokens: MemoryTokens = field(default_factory=Kept)
    known: dict[tuple[str, str], Me] = field(default_factory=dict)
    refusal: Refusal | None = None
    trials: int = 0
    ended: int = 0

    def probe(self, url: str, token: str) -> Me:
        if self.refusal is not None:
            raise self.refusal
        return self.known[(url, token)]

    def try_here(self) -> Trial:
        self.trials += 1
        return Trial(Address("http://127.0.0.1:1", "sample", ephemeral=True), self.end)

    def end(self) -> None:
        self.ended += 1


def me(name="ops-west", workspace="acme/support-ops", environment="production", origin="o1"):
    return Me("ops", name, workspace, environment, origin)


@pytest.fixture
def world(tmp_path):
    return World(Connections(tmp_path / "console.ini"), known={(URL, "t1"): me()})


@pytest.fixture
def begun(world, heard):
    listening = []

    def begin(background=None):
        ways = Ways(
            world.book,
            world.probe,
            lambda: world.tokens,
            background or InlineBackground(),
            world.try_here,
        )
        connecting = Connecting(ways)
        chosen, sheets, forms = heard(connecting.chosen), heard(connecting.changed), heard(connecting.filled)
        listening.extend((connecting, chosen, sheets, forms))
        connecting.start()
        return connecting, chosen.said, sheets.said, forms.said

    return begin


def test_a_backend_that_accepts_the_token_is_kept_and_opened(world, begun, tmp_path):
    connecting, chosen, sheets, _ = begun()
    connecting.connect_to(Form(f" {URL}/ ", "t1"))
    found = connection_id("o1", "ops-west")
    assert chosen[-1] == (Address(URL, "t1", connection=found),)
    [kept] = world.book.every()
    assert kept == Connection(found, "acme/support-ops", URL, "acme/support-ops", "production", "ops-west")
    assert [text_of(row.title) for row in sheets[-1][0].rows] == ["acme/support-ops"]
    assert world.book.last == kept


def test_a_token_is_never_in_the_file_of_choices(world, begun, tmp_path):
    world.known[(URL, "lc_secret_value")] = me()
    begun()[0].connect_to(Form(URL, "lc_secret_value"))
    written = (tmp_path / "console.ini").read_text(encoding="utf-8")
    assert URL in written
    assert "lc_secret_value" not in written


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal(Code.ADDRESS_INVALID),
        Refusal(Code.ADDRESS_UNKNOWN, url=URL, problem="Connection refused"),
        Refusal(Code.ADDRESS_SILENT, url=URL, seconds=10),
        Refusal(Code.BACKEND_OTHER, url=URL, problem="it answered 404"),
        Refusal(Code.CERTIFICATE_REFUSED, url=URL, problem="self-signed certificate"),
        Refusal(Code.TOKEN_INVALID),
        Refusal(Code.TOKEN_EXPIRED, expires="2026-11-14"),
        Refusal(Code.AGENT_CANNOT_LOOK, agent="support-agent"),
    ],
    ids=lambda refusal: refusal.code.value,
)
def test_each_failure_says_what_it_is_and_what_to_do_and_nothing_is_kept(world, begun, refusal):
    world.refusal = refusal
    connecting, chosen, sheets, _ = begun()
    connecting.connect_to(Form(URL, "t1"))
    result = sheets[-1][0].result
    assert result.kind is NoticeKind.FAILED
    assert result.title == refusal.sentence
    assert text_of(result.text) == refusal.remedy
    assert (chosen, world.book.every(), world.tokens.find(connection_id("o1", "ops-west"))) == ([], (), "")


def test_what_was_asked_before_is_dropped_once_somebody_asks_again(world, begun):
    held = HeldBackground()
    world.known[(URL, "t2")] = me("ops-east")
    connecting, chosen, _, _ = begun(held)
    connecting.connect_to(Form(URL, "t1"))
    connecting.connect_to(Form(URL, "t2"))
    for outcome in reversed(held.held):
        outcome()
    assert [address.token for (address,) in chosen] == ["t2"]
    assert [one.person for one in world.book.every()] == ["ops-east"]


def test_whoever_stops_waiting_goes_nowhere_later(world, begun):
    held = HeldBackground()
    connecting, chosen, sheets, _ = begun(held)
    connecting.connect_to(Form(URL, "t1"))
    assert sheets[-1][0].is_busy
    connecting.cancel()
    for outcome in held.held:
        outcome()
    assert (chosen, sheets[-1][0].is_busy) == ([], False)


def test_the_one_that_was_used_last_opens_at_the_next_start(world, begun):
    world.known[(URL, "t2")] = me(workspace="acme/billing", origin="o2")
    connecting, _, _, _ = begun()
    connecting.connect_to(Form(URL, "t2"))
    connecting.connect_to(Form(URL, "t1"))
    again, chosen, _, _ = begun()
    assert again.open_last()
    assert [address.token for (address,) in chosen] == ["t1"]


def test_a_token_that_was_kept_for_one_run_is_asked_for_again(world, begun):
    begun()[0].connect_to(Form(URL, "t1", "Support"))
    world.tokens = MemoryTokens()
    again, chosen, sheets, forms = begun()
    again.open_last()
    assert chosen == []
    assert sheets[-1][0].result.kind is NoticeKind.FORBIDDEN
    assert forms[-1] == (Form(URL, "", "Support", connection_id("o1", "ops-west")),)
    world.tokens.keep(connection_id("o1", "ops-west"), "t1")


def test_without_a_keyring_it_is_said_and_the_key_is_for_this_run_too(world, begun):
    world.tokens = MemoryTokens()
    connecting, chosen, sheets, _ = begun()
    assert sheets[-1][0].keeping.mark is Mark.ATTENTION
    assert "this run only" in text_of(sheets[-1][0].keeping.text)
    connecting.connect_to(Form(URL, "t1"))
    assert chosen[-1][0].ephemeral


def test_an_edit_without_a_token_uses_the_one_that_is_kept(world, begun):
    connecting, chosen, _, forms = begun()
    connecting.connect_to(Form(URL, "t1"))
    found = connection_id("o1", "ops-west")
    connecting.edit(found)
    assert forms[-1] == (Form(URL, "", "acme/support-ops", found),)
    connecting.connect_to(Form(URL, "", "Support", found))
    assert [one.name for one in world.book.every()] == ["Support"]
    assert chosen[-1][0].token == "t1"


def test_forgetting_takes_the_address_and_the_token(world, begun):
    connecting, _, sheets, _ = begun()
    connecting.connect_to(Form(URL, "t1"))
    found = connection_id("o1", "ops-west")
    assert "signing key stays" in sheets[-1][0].rows[0].forgetting
    connecting.forget(found)
    assert (world.book.every(), world.book.last, world.tokens.find(found)) == ((), None, "")


def test_the_sample_is_started_once_and_ends_with_the_window(world, begun):
    connecting, chosen, _, _ = begun()
    connecting.try_here()
    connecting.try_here()
    assert (world.trials, len(chosen), world.ended) == (1, 2, 0)
    connecting.end_trial()
    assert world.ended == 1


def test_a_sample_that_nobody_waits_for_is_ended(world, begun):
    held = HeldBackground()
    connecting, chosen, _, _ = begun(held)
    connecting.try_here()
    connecting.cancel()
    while held.held:
        held.held.pop(0)()
    assert (chosen, world.trials, world.ended) == ([], 1, 1)


@pytest.mark.parametrize(
    ("word", "tone"),
    [("production", Tone.STOP), ("Staging", Tone.CAUTION), ("sandbox", Tone.NEUTRAL)],
)
def test_where_a_mistake_costs_most_stands_out(word, tone):
    chip = environment_chip(word)
    assert (text_of(chip.text), chip.tone) == (word, tone)


def test_an_entry_that_lacks_its_address_counts_as_none(tmp_path):
    file = tmp_path / "console.ini"
    stored = QSettings(str(file), QSettings.Format.IniFormat)
    stored.beginWriteArray("connections", 1)
    stored.setArrayIndex(0)
    stored.setValue("id", "x")
    stored.endArray()
    stored.sync()
    assert Connections(file).every() == ()


# -- the page -----------------------------------------------------------------------------------------


def page_of(window):
    return window._others["connections"]


def test_enter_leads_through_the_form_and_connects(shows, heard):
    form = page_of(shows("start")).form
    asked = heard(form.asked)
    form.url.setFocus()
    QTest.keyClicks(form.url, URL)
    QTest.keyClick(form.url, Qt.Key.Key_Return)
    assert form.token.hasFocus()
    assert form.connect_button.why_not
    QTest.keyClicks(form.token, "t1")
    QTest.keyClick(form.token, Qt.Key.Key_Return)
    assert asked.said == [(Form(URL, "t1"),)]


@pytest.mark.parametrize(
    ("url", "is_said"),
    [
        ("http://backend.example", True),
        ("https://backend.example", False),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
        ("http://[", False),
    ],
)
def test_a_token_that_would_travel_in_the_open_is_said_before(shows, url, is_said):
    form = page_of(shows("start")).form
    form.url.setText(url)
    assert form._open_line.isVisible() is is_said


def test_the_token_is_not_shown(shows):
    form = page_of(shows("start-refused")).form
    assert form.token.displayText() != form.token.text() != ""


def test_forgetting_asks_and_keeping_has_the_focus(shows, heard):
    window = shows("connections-forget")
    known = page_of(window).known
    told = heard(known.forget_confirmed)
    line = known.lines.line("acme / support-ops-staging")
    assert line._no.hasFocus()
    QTest.keyClick(line._no, Qt.Key.Key_Return)
    assert told.said == []
    assert not line._question.isVisible()
    line.forget.click()
    line.forget_yes.click()
    assert told.said == [("acme / support-ops-staging",)]


def test_the_one_that_is_open_is_neither_opened_nor_forgotten(shows):
    line = page_of(shows("connections")).known.lines.line("acme / support-ops-production")
    assert (line.open.isEnabled(), line.forget.isEnabled(), line.edit.isEnabled()) == (False, False, True)


def test_the_name_at_the_top_leads_to_the_other_workspaces(shows, heard):
    window = shows("connections-places")
    chosen = heard(window.overlays.entry_chosen)
    QTest.keyClicks(window.overlays.palette.field, "staging")
    QTest.keyClick(window.overlays.palette.field, Qt.Key.Key_Return)
    [(entry,)] = chosen.said
    assert (entry.kind, entry.id) == ("connection", "acme / support-ops-staging")


def test_a_pack_that_is_dropped_on_the_form_is_for_the_window(shows):
    form = page_of(shows("start")).form
    assert not any(one.acceptDrops() for one in (form.url, form.token, form.name))
