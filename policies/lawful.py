"""Policy rules turned into the rules the law reads."""

from collections.abc import Sequence

from law.retention import Derive, Rule
from policies.promises import DerivedDate, RetentionRule


def law_rules(rules: Sequence[RetentionRule], *, derived_dates: Sequence[DerivedDate]) -> tuple[Rule, ...]:
    """``law.retention.Rule`` for each rule, with the derived dates its triggers need. Order is kept."""
    return tuple(law_rule(rule, derived_dates=derived_dates) for rule in rules)


def law_rule(rule: RetentionRule, *, derived_dates: Sequence[DerivedDate]) -> Rule:
    """One rule as the law reads it."""
    needed = {*rule.from_, *([rule.cap.from_] if rule.cap else [])}
    return Rule(
        id=rule.id,
        data=rule.data,
        subjects=rule.subjects,
        period=rule.period,
        trigger=rule.from_,
        every=rule.every,
        rounding=rule.rounding,
        cap_period=rule.cap.period if rule.cap else None,
        cap_trigger=rule.cap.from_ if rule.cap else None,
        action=rule.action,
        monthly=rule.monthly,
        holds=rule.holds,
        on_request=rule.on_request,
        legal_duty=rule.legal_duty,
        basis=_basis(rule),
        status=rule.status or "stated",
        source=rule.src or "",
        derive=tuple(Derive(one.name, one.from_, one.period) for one in derived_dates if one.name in needed),
        keep_suppression=rule.keep_suppression,
        without=rule.without,
    )


def _basis(rule: RetentionRule) -> str:
    """What allows keeping, as the law says it: a duty beats erasure by Art. 17(3)(b), an obligation by 17(3)(e)."""
    if rule.legal_duty:
        return "6(1)(c)/17(3)(b)"
    return f"6(1)({rule.basis})" + ("/17(3)(e)" if rule.on_request == "erase_after_trigger" else "")
