"""A policy as text for people at a terminal: each promise with its source, and what is still to be confirmed."""

from collections.abc import Iterator
from typing import Any

from policies import check
from policies.load import Controller
from policies.parts import Sourced
from policies.promises import RetentionRule
from policies.schema import ControllerPolicy
from policies.sources import SourceMap

_STATUS = {"statute": "the law", "derived": "our reading", "required_config": "not stated: the company must say"}


def as_text(controller: Controller, *, language: str = "en") -> str:
    """The whole policy in ``language`` (English, or one the company speaks; KeyError otherwise)."""
    blocks = (_head, _ways, _identity, _purposes, _sharing, _keeping, _questions)
    lines = [line for block in blocks for line in (*block(controller, language), "")]
    lines += [f"To be confirmed by the company: {len(check.to_confirm(controller))}"]
    lines += [f"  {field} (policy.yaml:{line})" for field, line in check.to_confirm(controller)]
    return "\n".join(lines)


def as_json(controller: Controller) -> dict[str, Any]:
    """The policy as plain JSON values, with what must be confirmed and what conflicts."""
    return {
        "slug": controller.slug,
        "digest": controller.digest,
        "policy": controller.policy.model_dump(mode="json", by_alias=True, exclude_none=True),
        "to_confirm": [{"field": field, "line": line} for field, line in check.to_confirm(controller)],
        "conflicts": [{"code": one.code, "field": one.field, "line": one.line, "say": one.say}
                      for one in check.warnings(controller)],
    }


def source(part: Sourced) -> str:
    """'[S1:50,52; to be confirmed; see S1-I4]', or what stands in its place."""
    said = [part.src] if part.src else []
    said += [_STATUS[part.status]] if part.status in _STATUS else []
    said += ["to be confirmed"] if part.confirm else []
    said += [f"see {', '.join(part.issue)}"] if part.issue else []
    return f"[{'; '.join(said)}]" if said else ""


def _head(controller: Controller, language: str) -> Iterator[str]:
    policy = controller.policy
    yield f"{policy.legal_name} ({controller.slug}), version {controller.digest[:12]}"
    for name in ("legal_name", "reg_no", "address", "country", "tz", "languages", "fiscal_year_end"):
        value = getattr(policy, name)
        value = ", ".join(value) if isinstance(value, tuple) else value
        yield f"  {name:<16} {value or '-'}  {source(policy.facts[name]) if name in policy.facts else ''}"
    published, authority = policy.policy, policy.authority
    version = f"version {published.version or '-'} of {published.date_ or '-'}"
    yield f"  {'policy':<16} {published.title}, {version}  {source(published)}"
    yield f"  {'authority':<16} {authority.name}, {authority.address}  {source(authority)}"
    if policy.dpo:
        yield f"  {'dpo':<16} {policy.dpo.name}, {policy.dpo.email or policy.dpo.phone or '-'}  {source(policy.dpo)}"


def _ways(controller: Controller, language: str) -> Iterator[str]:
    yield "Ways in"
    for channel in controller.policy.channels:
        yield f"  {channel.kind:<16} {channel.value or '-'} ({', '.join(channel.rights)})  {source(channel)}"


def _identity(controller: Controller, language: str) -> Iterator[str]:
    identity = controller.policy.identity
    yield "Rights and proof of identity"
    if identity.stated:
        yield f"  The policy says: {identity.stated.text.say(language)}  {source(identity.stated)}"
    for right, level in controller.policy.level_map().items():
        means = ", ".join(identity.offered(right, level=level)) or "no proof asked"
        promised = controller.policy.rights.get(right)
        yield f"  {right:<20} {level.name}  {means}  {source(promised) if promised else ''}"


def _purposes(controller: Controller, language: str) -> Iterator[str]:
    yield "Purposes"
    for purpose in controller.policy.purposes:
        basis = ", ".join(f"6(1)({letter})" for letter in purpose.basis)
        yield f"  {purpose.id}: {purpose.name.say(language)}, {basis}  {source(purpose)}"
        yield f"    {purpose.description.say(language)}"


def _sharing(controller: Controller, language: str) -> Iterator[str]:
    yield "Recipients and transfers"
    for recipient in controller.policy.recipients:
        names = ", ".join(recipient.names) or "no names given"
        yield f"  {recipient.category.say(language)}: {', '.join(recipient.role) or '-'}; {names}  {source(recipient)}"
    for transfer in controller.policy.transfers:
        basis = ", ".join(transfer.basis) or "no basis given"
        where = transfer.country or "a country not named"
        yield f"  to {where}: {transfer.why.say(language)}; {basis}  {source(transfer)}"


def _keeping(controller: Controller, language: str) -> Iterator[str]:
    yield "How long data is kept"
    for rule in controller.policy.retention:
        yield f"  {rule.id}: {', '.join(rule.data)}{_whose(rule)}: {rule.text.say(language)}  {source(rule)}"


def _whose(rule: RetentionRule) -> str:
    return f" of {', '.join(rule.subjects)}" if rule.subjects else ""


def _questions(controller: Controller, language: str) -> Iterator[str]:
    questions = check.open_questions(controller)
    yield f"Open questions: {len(questions)}"
    for question in questions:
        stops = f" (stops: {', '.join(question.blocks)})" if question.blocks else ""
        yield f"  {question.id}{stops}: {question.question.say(language)} [{question.src or 'not in the policy'}]"
        yield f"    Meanwhile: {question.meanwhile.say(language)}"


def schema(*, sources: bool = False) -> dict[str, Any]:
    """The JSON Schema of policy.yaml, or of sources.yaml, for an editor that completes and checks while typing."""
    model = SourceMap if sources else ControllerPolicy
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)}
