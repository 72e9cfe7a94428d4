"""The other side of a simulation, and a kernel without any chance of its own. Free of I/O."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Callable

from lineclear.adapters.memory.tools import MemoryTools, Record
from lineclear.adapters.system.signatures import Ed25519Signer
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.governing.people import enrol_device
from lineclear.application.ports import Arguments, Permit, ToolFailed
from lineclear.domain.effects import Effect
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass, Role, Tier
from support.kernel import CONTRACTS, Kernel, Reviewer


class Unreliable(MemoryTools):
    """The other side, with its own account: every send by key, and every effect."""

    def __init__(self, records: dict[str, Record]) -> None:
        super().__init__(CONTRACTS, records)
        self.sends: Counter[str] = Counter()
        self.refusing = False

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        contract = self.contract(tool)
        if contract is not None and contract.effect is EffectClass.QUERYABLE and key in self.calls:
            self.calls.append(key)  # it honours no key: who sends again without asking first does it again
        return self._sent(
            key,
            lambda: super(Unreliable, self).apply(tool, arguments, expected=expected, key=key, permit=permit),
        )

    def undo(
        self, tool: str, receipt: Json, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        return self._sent(
            key,
            lambda: super(Unreliable, self).undo(tool, receipt, expected=expected, key=key, permit=permit),
        )

    def _sent(self, key: str, call: Callable[[], Effect]) -> Effect:
        if self.refusing and key not in self.calls:
            self.refusing = False
            raise ToolFailed("refused", "not today")
        try:
            return call()
        except ToolFailed as error:
            if error.code == "unreachable":
                self.sends[key] -= 1  # nothing was sent
            raise
        finally:
            self.sends[key] += 1


class Seeded(Kernel):
    """The kernel of the unit tests, with device keys that a seed gives."""

    def reviewer(
        self, name: str = "ops-west", tier: Tier = Tier.TWO, role: Role = Role.OPS, **more: object
    ) -> Reviewer:
        principal = self.token(name, role, tier=tier, **more)
        signer = Ed25519Signer(name.encode().ljust(32, b"."))
        device = enrol_device(self.services, principal, b64encode(signer.public_key).decode(), "memory")
        return Reviewer(principal, signer, device.id)
