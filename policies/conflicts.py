"""Where a published promise and the law disagree. What the portal does instead stands in ``open_questions``."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from law.citations import cite
from law.expiry import Expiry, expiry
from law.national import COUNTRIES
from law.retention import Rule
from law.rights import Right
from policies.lawful import law_rule
from policies.load import Controller
from policies.parts import Text
from policies.promises import RetentionRule, StatedPeriod, Transfer
from policies.schema import Says
from policies.speech import say, wording

Path = tuple[str | int, ...]
Words = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True)
class Conflict:
    """``path``: where in policy.yaml. ``src``: lines of the published text. ``values``: language to words filled in."""

    code: str
    path: Path
    line: int
    law: tuple[str, ...]
    src: str | None = None
    issue: tuple[str, ...] = ()
    values: Words = field(default=lambda language: {}, repr=False)

    def text(self, language: str) -> str:
        """The sentence for the company's lawyer."""
        return say(f"conflict.{self.code}", language, **self.values(language))

    def cited(self, language: str) -> tuple[str, ...]:
        return tuple(cite(one, language) for one in self.law)


LAW: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "identity.blanket_document": ("Art. 12(2) GDPR", "Art. 12(6) GDPR", "Art. 5(1)(c) GDPR", "IMY-2022-1032",
                                  "Datatilsynet 2018-7320-0166"),
    "period.too_long": ("Art. 5(1)(e) GDPR", "Datatilsynet 2019-31-1713"),
    "period.too_short": ("Art. 17(3)(b) GDPR",),
    "period.no_bookkeeping": ("Art. 13(2)(a) GDPR",),
    "period.none": ("Art. 13(2)(a) GDPR", "Art. 5(1)(e) GDPR"),
    "period.until_further_notice": ("Art. 5(1)(e) GDPR",),
    "period.contradictory": ("Art. 12(1) GDPR", "Art. 13(2)(a) GDPR"),
    "period.below_complaint": ("Art. 17(3)(e) GDPR",),
    "authority.old_name": ("Art. 13(2)(d) GDPR",),
    "authority.old_address": ("Art. 13(2)(d) GDPR",),
    "authority.not_named": ("Art. 13(2)(d) GDPR",),
    "sharing.never": ("Art. 4(9) GDPR", "Art. 13(1)(e) GDPR"),
    "sharing.too_wide": ("Art. 13(1)(e) GDPR", "C-154/21"),
    "recipient.two_roles": ("Art. 4(7) GDPR", "Art. 4(8) GDPR"),
    "route.form_only": ("Art. 12(2) GDPR", "IMY-2022-9109"),
    "route.withdrawal_by_form": ("Art. 7(3) GDPR",),
    "transfer.no_basis": ("Art. 13(1)(f) GDPR", "Art. 15(2) GDPR"),
    "transfer.expired": ("Art. 44 GDPR",),
    "statute.foreign": ("Art. 6(3) GDPR",),
    "rights.missing": ("Art. 13(2)(b) GDPR", "Art. 13(2)(c) GDPR"),
    "dpo.conflict": ("Art. 38(6) GDPR",),
    "national_id.contract": ("Art. 87 GDPR",),
    "marketing.on_contract": ("Art. 6(1)(b) GDPR", "Art. 21(2) GDPR", "IMY DI-2020-10547"),
    "basis.differs": ("Art. 13(1)(c) GDPR",),
    "consent.by_browsing": ("Art. 4(11) GDPR",),
    "complaint.authority_acts": ("Art. 77(1) GDPR",),
    "text.draft": ("Art. 12(1) GDPR",),
    "text.anonymous_yet_linked": ("Art. 4(1) GDPR",),
    "claims.blanket": ("Art. 17(3)(e) GDPR", "Datatilsynet 2019-32-0709"),
    "objection.duty": ("Art. 21(1) GDPR",),
    "copy.extract_only": ("Art. 15(3) GDPR",),
    "controller.not_named": ("Art. 13(1)(a) GDPR",),
    "decision.no_logic": ("Art. 13(2)(f) GDPR", "Art. 22(3) GDPR"),
})
"""Provisions and decisions by code; a statute that depends on the country is added where the conflict is found."""
SAID: Mapping[Says, str] = MappingProxyType({
    "never_shares": "sharing.never",
    "wide_sharing": "sharing.too_wide",
    "form_only": "route.form_only",
    "withdrawal_by_form": "route.withdrawal_by_form",
    "consent_by_browsing": "consent.by_browsing",
    "authority_acts": "complaint.authority_acts",
    "draft_note": "text.draft",
    "anonymous_yet_linked": "text.anonymous_yet_linked",
    "blanket_claims": "claims.blanket",
    "duty_beats_objection": "objection.duty",
    "extract_only": "copy.extract_only",
    "no_period": "period.none",
    "until_further_notice": "period.until_further_notice",
    "contradictory_periods": "period.contradictory",
    "foreign_act": "statute.foreign",
})
"""What a published text may say (``policy.says``) and the conflict it is."""
NATIONAL_ID = {"DK": "databeskyttelsesloven § 11, stk. 2", "SE": "dataskyddslagen (2018:218) 3 kap. 10 §",
               "NO": "personopplysningsloven § 12"}
OLD_NAMES = ("datainspektionen", "datainspektion", "registertilsynet")
OLD_ADDRESSES = ("borgergade 28", "drottninggatan 29", "tollbugata 3")
DECIDES = ("direktør", "direktör", "director", "chief", "ceo", "cfo", "cto", "cmo", "chef", "sjef", "leder",
           "head of", "indehaver", "ejer", "eier", "ägare", "owner", "founder", "partner")  # Art. 38(6); WP243 3.5
COMPLAINT = {"DK": "P2Y", "SE": "P3Y"}  # rules 1.6 S0-I12, 1.8: the consumer's right to complain, from delivery
MATERIAL = ("invoice", "voucher")  # what every country's act keeps
SAMPLE = date(2023, 1, 15)


def conflicts(controller: Controller, *, today: date | None = None) -> list[Conflict]:
    """Every conflict of one company, in the order of policy.yaml. ``today`` finds what has expired as well."""
    checks = (_identity, _authority, _dpo, _said, _rights, _controller_named, _purposes, _recipients, _periods,
              _decisions)
    found = [one for check in checks for one in check(controller)]
    return sorted([*found, *_transfers(controller, today)], key=lambda one: one.line)


def _conflict(
    controller: Controller, code: str, path: Path, *, part: object = None, src: str | None = None,
    law: tuple[str, ...] = (), values: Words = lambda language: {},
) -> Conflict:
    line = controller.marks["policy.yaml"].line(path)
    issue = tuple(getattr(part, "issue", ()))
    return Conflict(code, path, line, (*LAW[code], *law), src or getattr(part, "src", None), issue, values)


def _identity(controller: Controller) -> Iterator[Conflict]:
    stated = controller.policy.identity.stated
    if stated and stated.demands == "document":
        yield _conflict(controller, "identity.blanket_document", ("identity", "stated"), part=stated)


def _authority(controller: Controller) -> Iterator[Conflict]:
    authority = controller.policy.authority
    named, path = authority.named_in_policy, ("authority", "named_in_policy")
    if named is None:
        yield _conflict(controller, "authority.not_named", path, part=authority,
                        values=lambda language: {"name": authority.name})
        return
    for said, where in ((named, path), (authority.name, ("authority", "name"))):
        if any(old in said.lower() for old in OLD_NAMES):
            yield _conflict(controller, "authority.old_name", where, part=authority,
                            values=lambda language: {"name": authority.name})
    for said, where in ((named, path), (authority.address, ("authority", "address"))):
        if any(old in said.lower() for old in OLD_ADDRESSES):
            yield _conflict(controller, "authority.old_address", where, part=authority,
                            values=lambda language: {"address": authority.address})


def _dpo(controller: Controller) -> Iterator[Conflict]:
    dpo = controller.policy.dpo
    if dpo and dpo.role and any(word in dpo.role.lower() for word in DECIDES):
        role = dpo.role
        yield _conflict(controller, "dpo.conflict", ("dpo", "role"), part=dpo, values=lambda language: {"role": role})


def _said(controller: Controller) -> Iterator[Conflict]:
    """What the text says in so many words. That it shares with nobody is wrong only where somebody receives data."""
    for word, src in controller.policy.policy.says.items():
        if word == "never_shares" and not controller.policy.recipients:
            continue
        act = _act(controller) if word == "foreign_act" else ""
        yield _conflict(controller, SAID[word], ("policy", "says", word), src=src, law=(act,) if act else (),
                        values=lambda language, act=act: {"act": act})  # type: ignore[misc]


def _rights(controller: Controller) -> Iterator[Conflict]:
    """A right the text leaves out, where it can matter to anybody there."""
    policy = controller.policy
    idle = {Right.automated_decision} if not policy.automated_decisions else set()
    if not any("a" in purpose.basis for purpose in policy.purposes):
        idle.add(Right.withdraw_consent)
    missing = [right for right in Right if right not in idle and right in policy.rights
               and policy.rights[right].status == "statute"]
    if missing:
        issue = tuple(dict.fromkeys(one for right in missing for one in policy.rights[right].issue))
        line = controller.marks["policy.yaml"].line(("rights", missing[0]))
        yield Conflict("rights.missing", ("rights",), line, LAW["rights.missing"], None, issue, _names(missing))


def _names(rights: list[Right]) -> Words:
    return lambda language: {"missing": ", ".join(wording(language)[f"right.{right.value}"] for right in rights)}


def _controller_named(controller: Controller) -> Iterator[Conflict]:
    for name in ("legal_name", "address"):
        fact = controller.policy.facts.get(name)
        if fact and fact.status == "required_config":
            yield _conflict(controller, "controller.not_named", ("facts", name), part=fact)
            return


def _purposes(controller: Controller) -> Iterator[Conflict]:
    country = controller.policy.country
    for place, purpose in enumerate(controller.policy.purposes):
        path: Path = ("purposes", place)
        named = _filled("purpose", purpose.name)
        if purpose.direct_marketing and "b" in purpose.stated_basis:
            yield _conflict(controller, "marketing.on_contract", path, part=purpose, values=named)
        elif purpose.stated_basis and {*purpose.stated_basis} != {*purpose.basis}:
            yield _conflict(controller, "basis.differs", path, part=purpose, values=named)
        kinds = {kind for rule in controller.policy.retention if rule.id in purpose.retention for kind in rule.data}
        if "national_id" in kinds and not {"a", "c"} & {*purpose.basis}:
            yield _conflict(controller, "national_id.contract", path, part=purpose, law=(NATIONAL_ID[country],))


def _recipients(controller: Controller) -> Iterator[Conflict]:
    for place, recipient in enumerate(controller.policy.recipients):
        if len({*recipient.role}) > 1 and not recipient.names:
            yield _conflict(controller, "recipient.two_roles", ("recipients", place), part=recipient,
                            values=_filled("who", recipient.category))


def _transfers(controller: Controller, today: date | None) -> Iterator[Conflict]:
    for place, transfer in enumerate(controller.policy.transfers):
        path: Path = ("transfers", place)
        if len(transfer.basis) != 1 or transfer.status in ("derived", "required_config"):
            yield _conflict(controller, "transfer.no_basis", path, part=transfer, values=_where(transfer))
        if today and transfer.valid_to and transfer.valid_to < today:
            yield _conflict(controller, "transfer.expired", path, part=transfer, values=_where(transfer))


def _where(transfer: Transfer) -> Words:
    key = f"country.{transfer.country or 'none'}"
    return lambda language: {"where": wording(language).get(key, transfer.country or "")}


def _decisions(controller: Controller) -> Iterator[Conflict]:
    for place, decision in enumerate(controller.policy.automated_decisions):
        if decision.logic is None and decision.art22 != "no":
            yield _conflict(controller, "decision.no_logic", ("automated_decisions", place), part=decision,
                            values=_filled("decision", decision.name))


def _periods(controller: Controller) -> Iterator[Conflict]:
    """Published periods against the bookkeeping act of the country, voucher by voucher, and the right to complain."""
    policy, act = controller.policy, _act(controller)
    acts: Words = lambda language: {"act": act}  # noqa: E731
    kept = [rule for rule in policy.retention if {*MATERIAL} & {*rule.data} and (rule.src or rule.status != "statute")]
    if not kept and any({*MATERIAL} & {*rule.data} for rule in policy.retention):
        path: Path = ("retention", next(i for i, rule in enumerate(policy.retention) if {*MATERIAL} & {*rule.data}))
        yield _conflict(controller, "period.no_bookkeeping", path, law=(act,), values=acts,
                        part=policy.retention[int(path[1])])
    for place, rule in enumerate(policy.retention):
        stated = rule.stated or StatedPeriod(period=rule.period, from_=rule.from_, rounding=rule.rounding)
        if rule.legal_duty and rule.stated and not {*rule.stated.from_} & {*_statute(controller, rule).trigger}:
            yield _conflict(controller, "period.too_long", ("retention", place), part=rule, law=(act,))
        elif rule in kept and _ends_early(controller, rule, stated):
            yield _conflict(controller, "period.too_short", ("retention", place), part=rule, law=(act,), values=acts)
    yield from _complaint(controller)


def _complaint(controller: Controller) -> Iterator[Conflict]:
    limit = COMPLAINT.get(controller.policy.country)
    for place, one in enumerate(controller.policy.derived_dates):
        if limit and one.period.startswith("P") and _after(one.period) < _after(limit):
            kind = _kind(controller, "warranty_record")
            yield _conflict(controller, "period.below_complaint", ("derived_dates", place), part=one, values=kind)


def _kind(controller: Controller, kind: str) -> Words:
    return lambda language: {"kind": controller.policy.kind_text(kind, language=language)}


def _ends_early(controller: Controller, rule: RetentionRule, stated: StatedPeriod) -> bool:
    """Whether a voucher of some month of the year would go before the act lets it go."""
    if stated.period is None:
        return False
    year_end, statute = controller.policy.fiscal_year_end, _statute(controller, rule)
    promised = law_rule(rule.model_copy(update={"period": stated.period, "from_": stated.from_,
                                                "rounding": stated.rounding, "cap": None}), derived_dates=())
    for day in (SAMPLE + timedelta(days=30 * month) for month in range(12)):
        ours, theirs = (_end(one, day, year_end) for one in (promised, statute))
        if ours and theirs and ours < theirs:
            return True
    return False


def _end(rule: Rule, day: date, year_end: str) -> date | None:
    """When a record goes for which everything happened on ``day``."""
    state = expiry(rule, facts=dict.fromkeys(rule.trigger, day), on=day, fiscal_year_end=year_end)
    return state.keep_through if isinstance(state, Expiry) else None


def _after(period: str) -> date:
    return _end(Rule(id="", data=(), period=period, trigger=("day",)), SAMPLE, "12-31") or SAMPLE


def _statute(controller: Controller, rule: RetentionRule) -> Rule:
    """The bookkeeping rule of the country that fits the data; its first where none does."""
    rules = COUNTRIES[controller.policy.country].BOOKKEEPING
    return next((one for one in rules if {*one.data} & {*rule.data}), rules[0])


def _act(controller: Controller) -> str:
    return COUNTRIES[controller.policy.country].BOOKKEEPING[0].legal_duty or ""


def _filled(name: str, text: Text) -> Words:
    """A company's own words; the operator's English where the company does not speak it becomes the company's."""
    return lambda language: {name: text.say(language if language in text.languages() else text.languages()[0])}
