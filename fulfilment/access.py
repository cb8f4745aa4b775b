"""Art. 15(1)(a)-(h) and 15(2), tailored to the records really found for this person, not the policy read out (R-36)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from connectors.base import Identity
from fulfilment.extract import files
from fulfilment.extract.shape import Extract, Table, Withheld, say
from fulfilment.extract.words import word, words
from fulfilment.subjects import subjects_in
from law.citations import cite
from letters import kinds
from policies.promises import AutomatedDecision, Purpose, Recipient, RetentionRule, Transfer

BASIS = "Art. 6(1)({}) GDPR"


@dataclass(frozen=True)
class Gap:
    """Something the answer needs and the company has not told: listed to staff before the answer goes out."""

    what: str
    id: str


def cover(extract: Extract, *, name: str, received: date, searched: Identity) -> kinds.AccessCover:
    """The values of the covering letter. ValueError where nothing was found: that is another letter."""
    language = extract.language
    return kinds.AccessCover(
        reference=extract.reference,
        name=name,
        received=received,
        snapshot=extract.taken.date(),
        searched_with=searched_with(searched, language),
        purposes=tuple(_purposes(extract)),
        categories=categories(extract),
        recipients=tuple(_recipients(extract)),
        why_unnamed=word("unnamed", language) if any(not one.names for one in _receiving(extract)) else "",
        periods=tuple(_periods(extract)),
        sources=_sources(extract),
        automated=tuple(_automated(one, language) for one in _decisions(extract)),
        transfers=tuple(_transfer(one, language) for one in extract.ours.policy.transfers),
        withheld=tuple(refused(one, language) for one in extract.withheld),
        files=tuple(kinds.FileLine(name=file, what=what) for file, what in files.brief(extract)),
    )


def gaps(extract: Extract) -> list[Gap]:
    """What only the company can fill in, as far as it concerns this person."""
    found = [Gap("recipient_names", one.id) for one in _receiving(extract) if not one.names and one.status]
    found += [Gap("retention_period", one.id) for _, one in _rules(extract) if one and one.status == "required_config"]
    found += [Gap("no_retention_rule", kind) for kind, rule in _rules(extract) if rule is None]
    found += [Gap("transfer_basis", one.id) for one in extract.ours.policy.transfers if one.status == "required_config"]
    found += [Gap("decision_logic", one.id) for one in _decisions(extract) if one.logic is None]
    found += [Gap("purpose", f"{one.source}.{one.collection}") for one in extract.tables if not one.purposes]
    return list(dict.fromkeys(found))


def searched_with(searched: Identity, language: str) -> tuple[str, ...]:
    known = words(language)
    return tuple(
        word(f"id_{kind}" if f"id_{kind}" in known else "id_other", language, kind=kind, value=value)
        for kind, values in searched.values.items()
        for value in values
    )


def categories(extract: Extract) -> tuple[str, ...]:
    """(b) the kinds of data really found, in words."""
    policy, language = extract.ours.policy, extract.language
    found = (policy.kind_text(kind, language=language) for kind in _kinds(extract))
    return tuple(dict.fromkeys(text[0].upper() + text[1:] for text in found)) or (word("other_kind", language),)


def refused(one: Withheld, language: str) -> kinds.Refused:
    """Something withheld, with its facts and law (Art. 12(4))."""
    what = f"{one.label}: {one.field}" if one.field else one.label
    count = word("records_one", language) if one.count == 1 else word("records", language, count=one.count)
    return kinds.Refused(what=f"{what} ({count})", facts=(one.reason,), law=(cite(one.article, language),))


def _found(extract: Extract) -> list[Purpose]:
    used = {purpose for table in extract.tables for purpose in table.purposes}
    return [one for one in extract.ours.policy.purposes if one.id in used]


def _purposes(extract: Extract) -> Iterator[kinds.Purpose]:
    """(a) purposes of the tables in which something was found, each with its basis."""
    language = extract.language
    for one in _found(extract):
        bases = [word(f"basis_{basis}", language, law=cite(BASIS.format(basis), language)) for basis in one.basis]
        basis = "; ".join(bases) + "."
        if one.interest:
            basis += " " + word("interest", language, interest=say(one.interest, language))
        yield kinds.Purpose(purpose=f"{say(one.name, language)}: {say(one.description, language)}", basis=basis)
    if any(not table.purposes for table in extract.tables):
        yield kinds.Purpose(purpose=word("no_purpose", language), basis=word("no_purpose_basis", language))


def _receiving(extract: Extract) -> tuple[Recipient, ...]:
    return extract.ours.policy.recipients


def _recipients(extract: Extract) -> Iterator[kinds.Recipient]:
    """(c) by name (C-154/21); a category only where nobody has named them."""
    language = extract.language
    for one in _receiving(extract):
        category, role = say(one.category, language), _role(one, language)
        for name in one.names:
            yield kinds.Recipient(name=name, role=f"{category}; {role}")
        if not one.names:
            yield kinds.Recipient(name=category, role=role or category, named=False)
    if not _receiving(extract):
        yield kinds.Recipient(name=word("no_recipients", language), role=word("no_recipients_role", language))


def _role(one: Recipient, language: str) -> str:
    either = f" {word('or', language)} "
    parts = [either.join(word(f"role_{role}", language) for role in one.role)]
    parts += [say(text, language) for text in (one.data, one.condition) if text]
    sentence = "; ".join(part for part in parts if part)
    return sentence[:1].upper() + sentence[1:]


def _kinds(extract: Extract) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for table in extract.tables for kind in table_kinds(extract, table)))


def table_kinds(extract: Extract, table: Table) -> list[str]:
    """The kind of a table and of those of its columns that have one of their own."""
    mapped = extract.ours.sources[table.source].collections.get(table.collection)
    if mapped is None:
        return []
    return list(dict.fromkeys([mapped.kind, *(mapped.kind_of(column.name) for column in table.columns)]))


def _rules(extract: Extract) -> list[tuple[str, RetentionRule | None]]:
    """(kind, rule) for each kind found; several rules where the policy has several for this sort of person."""
    subjects = subjects_in(extract)
    pairs: list[tuple[str, RetentionRule | None]] = []
    for kind in _kinds(extract):
        rules = [rule for rule in extract.ours.policy.retention if kind in rule.data]
        fitting = [rule for rule in rules if not rule.subjects or not subjects or subjects & set(rule.subjects)]
        pairs += [(kind, rule) for rule in fitting] or [(kind, None)]
    return pairs


def _periods(extract: Extract) -> Iterator[kinds.Period]:
    """(d) the period or the criterion for each kind found."""
    policy, language = extract.ours.policy, extract.language
    texts: dict[str, list[str]] = {}
    for kind, rule in _rules(extract):
        texts.setdefault(kind, []).append(say(rule.text, language) if rule else word("no_period", language))
    for kind, said in texts.items():
        what = policy.kind_text(kind, language=language)
        period = "; ".join(dict.fromkeys(said))
        yield kinds.Period(what=what[:1].upper() + what[1:], period=period[:1].upper() + period[1:])
    if not texts:
        yield kinds.Period(what=word("other_kind", language), period=word("no_period", language))


def _sources(extract: Extract) -> tuple[str, ...]:
    """(g) where the data comes from."""
    language = extract.language
    said = [say(one.obtained_from, language) for one in _found(extract) if one.obtained_from]
    said = [text[:1].upper() + text[1:] for text in said]
    return tuple(dict.fromkeys(said)) or (word("source_you", language),)


def _decisions(extract: Extract) -> list[AutomatedDecision]:
    """(h) decisions that touch a kind of data or a purpose found here."""
    touched = {*_kinds(extract), *(one.id for one in _found(extract))}
    profiled = any(one.profiling for one in _found(extract))
    return [
        one for one in extract.ours.policy.automated_decisions
        if one.art22 != "no" and (one.id in touched or profiled or "credit_check" in touched)
    ]  # fmt: skip


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
    return kinds.Transfer(
        recipient=say(one.why, language),
        country=_country(one.country, language),
        instrument=instrument or word("transfer_none", language),
        copy=word("transfer_copy", language) if one.copy_on_request else "",
    )


def _country(code: str | None, language: str) -> str:
    known: Mapping[str, Any] = words(language)
    return str(known.get(f"country_{code}", code)) if code else word("country_none", language)
