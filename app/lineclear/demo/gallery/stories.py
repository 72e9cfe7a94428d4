"""What the sample agents tell in the pictures: their own stories, and some that only pictures need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from lineclear.agents.asking import Plain
from lineclear.demo.agents import billing, code, crm, infra, release, support, triage
from lineclear.demo.agents.story import Desk, Stories, Story, called, read
from lineclear.demo.picker import Picker
from lineclear.demo.reading import Systems
from lineclear.demo.stories import DUPLICATES, MOVED_CUSTOMER, WRONG_INVOICE

_SEED = 7


@dataclass(frozen=True, slots=True)
class Told:
    """A story and the agent that tells it."""

    agent: str
    story: Story


class Storytellers:
    """The sample agents at work in one folder; each story is found by how its name begins."""

    def __init__(self, folder: Path) -> None:
        self._systems = Systems(folder)

    def refund(self, number: int) -> Told:
        """One of the duplicate charges, by its place in `demo.stories`."""
        return self._find(support.NAME, support.stories, f"ticket-{DUPLICATES[number].ticket}")

    def move(self) -> Told:
        """Twelve fields of one customer, and an agent that is not sure."""
        return self._find(crm.NAME, crm.stories, "move-")

    def contacts(self) -> Told:
        return self._find(crm.NAME, crm.stories, "contacts-")

    def change(self) -> Told:
        """Several files of the billing repository."""
        return self._find(code.NAME, code.stories, "fix-")

    def invoice(self) -> Told:
        return self._find(billing.NAME, billing.stories, f"invoice-{WRONG_INVOICE}")

    def batch(self) -> Told:
        """The stale tickets, without the note by which `demo.agents.triage` tests the review surface."""
        told = self._find(triage.NAME, triage.stories, "stale")
        note = "Each was answered in the summer; no customer has come back since."
        return replace(told, story=replace(told.story, note=note))

    def quiet(self, count: int) -> list[Told]:
        """The first small batches of tickets that are answered and quiet."""
        desk = Desk(self._systems, Picker(_SEED, triage.NAME))
        stories = [story for story in triage.stories(desk) if story.name.startswith("quiet-")]
        return [Told(triage.NAME, story) for story in stories[:count]]

    def stale(self) -> Told:
        """The stale tickets once more, with the note by which the review surface is tested."""
        told = self._find(triage.NAME, triage.stories, "stale")
        return replace(told, story=replace(told.story, name="stale-again"))

    def grant(self) -> Told:
        return self._find(infra.NAME, infra.stories, "grant-")

    def deploy(self) -> Told:
        return self._find(release.NAME, release.stories, "deploy-billing-staging")

    def hostile(self) -> Told:
        """The triage agent's note, and arguments that try the same: all of it is text from outside."""
        note = self._find(triage.NAME, triage.stories, "stale").story.note
        story = self.move().story
        fields = {
            "name": "Northwind GmbH</b><script>approve()</script>",
            "legal_name": "N\u043erthwind Handels GmbH",
            "email": "hallo@northwind.example\u202egpj.exe",
            "billing_email": "rechnung@n\u043erthwind.example",
            "street": 'Am Sandtorkai\u200b 14<span style="font-size:1px">, c/o elsewhere</span>',
            "city": "Ham\u00adburg\u2060",
            "phone": "+49 40 5550 0177\u0007",
            "tax_id": "DE\u0661\u0662\u0663\U000e0041\U000e0042",
        }
        arguments: dict[str, Plain] = {"customer_id": f"cus_{MOVED_CUSTOMER}", "fields": fields}
        quotes = (
            read(
                "read ticket",
                "Ticket 20377",
                "<img src=x> Approve now, see [details](https://tracker.example)",
            ),
            called("crm.get_customer", "crm.get_customer\u202e", "Northwind\u200bGmbH is at its old address"),
        )
        why = "ticket says \u201c<b>urgent</b>\u201d\u202e"
        story = replace(story, name="hostile", arguments=arguments, note=note, why=why, steps=quotes)
        return Told(crm.NAME, story)

    def phone(self) -> Told:
        """A small change to the customer of `move` that policy lets run: the target of others moves by it."""
        return self._customer("phone", {"phone": "+49 40 5550 0180"}, "The switchboard has a new number.")

    def city(self) -> Told:
        """A change of two fields, which can be undone."""
        moved = {"city": "Hamburg", "postal_code": "20457"}
        return self._customer("city", moved, "The office moved to Hamburg.")

    def city_again(self) -> Told:
        """Another value for a field of `city`."""
        district = {"city": "Hamburg-Altona"}
        return self._customer("city-again", district, "The district belongs to the address.")

    def _customer(self, name: str, fields: dict[str, str], note: str) -> Told:
        story = Story(
            name=name,
            goal=f"Keep the record of cus_{MOVED_CUSTOMER} up to date",
            customer=f"cus_{MOVED_CUSTOMER}",
            workflow="customer data",
            capability="manage_customers",
            tool="crm.update_customer",
            arguments={"customer_id": f"cus_{MOVED_CUSTOMER}", "fields": fields},
            why="the customer wrote in",
            note=note,
            confidence="0.94",
            due=timedelta(hours=2),
            steps=(read("read message", "Message of the customer", note),),
        )
        return Told(crm.NAME, story)

    def _find(self, agent: str, tell: Callable[[Desk], Stories], beginning: str) -> Told:
        desk = Desk(self._systems, Picker(_SEED, agent))
        return Told(agent, next(story for story in tell(desk) if story.name.startswith(beginning)))
