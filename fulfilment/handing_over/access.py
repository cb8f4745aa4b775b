"""Art. 15(1)(a)-(h) and 15(2), tailored to the records really found for this person, not the policy read out (R-36)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.base import Identity
from fulfilment.extract import files
from fulfilment.extract.shape import Extract, Withheld, say
from fulfilment.extract.words import word, words
from fulfilment.handing_over.applied import Applied
from law.citations import cite
from law.deadlines import local_day
from law.decisions import GROUNDS
from law.reasons import say as in_words
from letters import kinds
from policies.promises import AutomatedDecision, Recipient, Transfer

BASIS = "Art. 6(1)({}) GDPR"


@dataclass(frozen=True)
class Gap:
    """Something the answer needs and the company has not told: listed to staff before the answer goes out."""

    what: str
    id: str


def cover(extract: Extract, *, name: str, received: date, searched: Identity) -> kinds.AccessCover:
    """The values of the covering letter. ValueError where nothing was found: that is another letter."""
    language, applied = extract.language, Applied(extract)
    return kinds.AccessCover(
        reference=extract.reference,
        name=name,
        received=received,
        snapshot=local_day(extract.taken, tz=extract.ours.policy.tz),
        searched_with=searched_with(searched, language),
        purposes=tuple(_purposes(extract, applied)),
        categories=_categories(extract, applied),
        recipients=tuple(_recipients(applied, language)),
        why_unnamed=word("unnamed", language) if any(not one.names for one in applied.recipients) else "",
        periods=tuple(_periods(extract, applied)),
        sources=_sources(applied, language),
        automated=tuple(_automated(one, language) for one in applied.decisions),
        transfers=tuple(_transfer(one, language) for one in applied.transfers),
        withheld=tuple(refused(one, language) for one in extract.withheld),
        files=tuple(kinds.FileLine(name=file, what=what) for file, what in files.brief(extract)),
    )


def gaps(extract: Extract) -> list[Gap]:
    """What only the company can fill in, as far as it concerns this person."""
    applied = Applied(extract)
    found = [Gap("recipient_names", one.id) for one in applied.recipients if not one.names and one.status]
    found += [Gap("retention_period", one.id) for _, one in applied.rules if one and one.status == "required_config"]
    found += [Gap("no_retention_rule", kind) for kind, rule in applied.rules if rule is None]
    found += [Gap("transfer_basis", one.id) for one in applied.transfers if one.status == "required_config"]
    found += [Gap("decision_logic", one.id) for one in applied.decisions if one.logic is None]
    found += [Gap("purpose", f"{one.source}.{one.collection}") for one in extract.tables if not one.purposes]
    return list(dict.fromkeys(found))


def searched_with(searched: Identity, language: str) -> tuple[str, ...]:
    known = words(language)
    return tuple(
        word(f"id_{kind}" if f"id_{kind}" in known else "id_other", language, kind=kind, value=value)
        for kind, values in searched.values.items()
        for value in values
    )


def _categories(extract: Extract, applied: Applied) -> tuple[str, ...]:
    """(b) the kinds of data really found, in words."""
    policy, language = extract.ours.policy, extract.language
    found = (policy.kind_text(kind, language=language) for kind in applied.kinds)
    return tuple(dict.fromkeys(text[0].upper() + text[1:] for text in found)) or (word("other_kind", language),)


def refused(one: Withheld, language: str) -> kinds.Refused:
    """Something withheld, with its facts and law (Art. 12(4)). Where the ground asks for the interests
    (personopplysningsloven § 16 tredje ledd), what the reviewer wrote is them, and the ground itself the facts."""
    what = f"{one.label}: {one.field}" if one.field else one.label
    count = word("records_one", language) if one.count == 1 else word("records", language, count=one.count)
    ground = GROUNDS.get(one.ground)
    asks = ground is not None and ground.needs_interest_text
    return kinds.Refused(
        what=f"{what} ({count})", law=(cite(one.article, language),),
        facts=(in_words(ground.reason(), language),) if ground and asks else (one.reason,),
        interests=one.reason if asks else "",
    )  # fmt: skip


def _purposes(extract: Extract, applied: Applied) -> Iterator[kinds.Purpose]:
    """(a) purposes of the tables in which something was found, each with its basis."""
    language = extract.language
    for one in applied.purposes:
        letters = applied.basis(one)
        bases = [word(f"basis_{letter}", language, law=cite(BASIS.format(letter), language)) for letter in letters]
        basis = "; ".join([bases[0], *(one[:1].lower() + one[1:] for one in bases[1:])]) + "." if bases else ""
        if one.interest and "f" in letters:
            basis += " " + word("interest", language, interest=say(one.interest, language))
        yield kinds.Purpose(purpose=f"{say(one.name, language)}: {say(one.description, language)}", basis=basis)
    if any(not table.purposes for table in extract.tables):
        yield kinds.Purpose(purpose=word("no_purpose", language), basis=word("no_purpose_basis", language))


def _recipients(applied: Applied, language: str) -> Iterator[kinds.Recipient]:
    """(c) by name (C-154/21); a category only where nobody has named them."""
    for one in applied.recipients:
        category = say(one.category, language)
        for name in one.names:
            said = [category] if category != name else []
            yield kinds.Recipient(name=name, role=_sentence("; ".join([*said, *_role(one, language)])))
        if not one.names:
            role = "; ".join(_role(one, language))
            yield kinds.Recipient(name=category, role=_sentence(role or category), named=False)
    if not applied.recipients:
        yield kinds.Recipient(name=word("no_recipients", language), role=word("no_recipients_role", language))


def _role(one: Recipient, language: str) -> list[str]:
    """What the recipient is, what it receives, and when."""
    either = f" {word('or', language)} "
    parts = [either.join(word(f"role_{role}", language) for role in one.role)]
    parts += [word("recipient_data", language, data=say(one.data, language))] if one.data else []
    parts += [say(one.condition, language)] if one.condition else []
    return [part for part in parts if part]


def _periods(extract: Extract, applied: Applied) -> Iterator[kinds.Period]:
    """(d) the period or the criterion for each kind found."""
    policy, language = extract.ours.policy, extract.language
    texts: dict[str, list[str]] = {}
    for kind, rule in applied.rules:
        texts.setdefault(kind, []).append(say(rule.text, language) if rule else word("no_period", language))
    for kind, said in texts.items():
        what = policy.kind_text(kind, language=language)
        period = "; ".join(dict.fromkeys(said))
        yield kinds.Period(what=what[:1].upper() + what[1:], period=period[:1].upper() + period[1:])
    if not texts:
        yield kinds.Period(what=word("other_kind", language), period=word("no_period", language))


def _sources(applied: Applied, language: str) -> tuple[str, ...]:
    """(g) where the data comes from."""
    said = [say(one.obtained_from, language) for one in applied.purposes if one.obtained_from]
    said = [text[:1].upper() + text[1:] for text in said]
    return tuple(dict.fromkeys(said)) or (word("source_you", language),)


def _automated(one: AutomatedDecision, language: str) -> kinds.Automated:
    logic = say(one.logic, language) if one.logic else word("logic_unknown", language)
    return kinds.Automated(
        decision=say(one.name, language),
        logic=f"{_sentence(say(one.when, language))} {logic}",
        consequences=_sentence(say(one.effect, language)) if one.effect else word("effect_unknown", language),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _transfer(one: Transfer, language: str) -> kinds.Transfer:
    """Art. 15(2): which country, on which instrument."""
    instrument = ", ".join(word(f"transfer_{basis}", language) for basis in one.basis)
    if one.safeguards:
        instrument = say(one.safeguards, language)
    why = say(one.why, language)
    return kinds.Transfer(
        recipient=why[:1].upper() + why[1:],
        country=_country(one.country, language),
        instrument=_sentence(instrument or word("transfer_none", language)),
        copy=word("transfer_copy", language) if one.copy_on_request else "",
    )


def _country(code: str | None, language: str) -> str:
    known: Mapping[str, Any] = words(language)
    return str(known.get(f"country_{code}", code)) if code else word("country_none", language)
