"""What a person told us: plain values between the doors (form, manual intake) and `intake`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from law.rights import Right
from requests_app.states import Relation


@dataclass(frozen=True, kw_only=True)
class Representative:
    """Who asks on somebody's behalf (R-10). `kind`: lawyer, guardian, family, organisation or other."""

    name: str
    email: str = ""
    organisation: str = ""
    kind: str = "other"


@dataclass(frozen=True, kw_only=True)
class Answers:
    """One request. `statements`: what the person says to one right, such as what is wrong or why they object.

    `details`: what was ticked or told beside it (`asking.MORE`), `tell_later` for an erasure, `said`: [(question,
    answer)].
    """

    rights: tuple[Right, ...]
    relation: Relation = Relation.UNKNOWN
    about: str = ""
    date_from: date | None = None
    date_to: date | None = None
    statements: Mapping[Right, str] = field(default_factory=dict)
    details: Mapping[Right, Mapping[str, Any]] = field(default_factory=dict)
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""
    customer_no: str = ""
    order_no: str = ""
    other_emails: tuple[str, ...] = ()
    representative: Representative | None = None

    def person(self) -> dict[str, Any]:
        """The sealed column `Case.person`."""
        return {
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "address": self.address,
            "postcode": self.postcode,
            "customer_no": self.customer_no,
            "order_no": self.order_no,
            "other_emails": list(self.other_emails),
        }

    def speaker(self) -> dict[str, str] | None:
        """The sealed column `Case.representative`."""
        return asdict(self.representative) if self.representative else None

    def scope(self, right: Right) -> dict[str, Any]:
        """The sealed column `Claim.scope`."""
        return {
            "about": self.about,
            "date_from": self.date_from.isoformat() if self.date_from else None,
            "date_to": self.date_to.isoformat() if self.date_to else None,
            "topics": [],
            "statement": self.statements.get(right, ""),
            **self.details.get(right, {}),
        }
