"""What the instant lane ends for one claim: all direct marketing, or what rests on a consent."""

from dataclasses import dataclass

from law.rights import Right
from policies.load import Controller
from policies.promises import Purpose
from policies.sources import CollectionMap
from requests_app.controllers import controller
from requests_app.models import Claim


@dataclass(frozen=True)
class Scope:
    """What a claim stops: all direct marketing, or what rests on the consents it names (none named: on any)."""

    ours: Controller
    right: str
    consents: frozenset[str] = frozenset()

    def purposes(self) -> list[Purpose]:
        return [one for one in self.ours.policy.purposes if self._covers(one)]

    def marketing(self) -> bool:
        """Whether an address must be kept from mailings."""
        all_of_it = self.right == Right.marketing_objection or not self.consents
        return all_of_it or any(one.direct_marketing for one in self.purposes())

    def meant(self, table: CollectionMap, mark: str) -> bool:
        """Whether this mark belongs on rows of this table. Both may: a newsletter ends with the consent it rests on."""
        own = "stop_marketing" if self.right == Right.marketing_objection else "withdraw_consent"
        if mark == own and not self.consents:
            return True
        covered = any(self._covers(self.ours.policy.purpose(purpose)) for purpose in table.purposes)
        return covered and (self.right == Right.marketing_objection or self._rests_on_consent(table))

    def asked_of_owners(self) -> list[tuple[str, str]]:
        """(source, table) with such data that no program can search: whoever looks after it stops it there."""
        purposes = {one.id for one in self.purposes()}
        return [
            (key, name) for key, source in self.ours.sources.items() if source.person
            for name, table in source.collections.items() if purposes & set(table.purposes)
        ]  # fmt: skip

    def _covers(self, purpose: Purpose) -> bool:
        if self.right == Right.marketing_objection:
            return bool(purpose.direct_marketing)
        return purpose.id in self._consented() and (not self.consents or purpose.id in self.consents)

    def _consented(self) -> set[str]:
        """Purposes that rest on consent by the policy, or of whose consents a table is kept."""
        kept = {
            purpose for _source, _name, table in self.ours.collections() if table.withdraw_consent
            for purpose in table.purposes
        }  # fmt: skip
        return kept | {one.id for one in self.ours.policy.purposes if "a" in one.basis}

    def _rests_on_consent(self, table: CollectionMap) -> bool:
        bases = {basis for purpose in table.purposes for basis in self.ours.policy.purpose(purpose).basis}
        return table.withdraw_consent is not None or "a" in bases


def scope_of(claim: Claim) -> Scope:
    return Scope(controller(claim.case.controller), claim.right, frozenset(claim.scope.get("consents") or ()))
