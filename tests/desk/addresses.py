"""Every address of the desk, filled in for one case; a test counts whether a new screen is missing here."""

from typing import Any

from django.urls import URLPattern, reverse

from desk.site import site
from requests_app.models import Claim


def of_claim(claim: Claim, **numbers: Any) -> dict[str, str]:
    """name → address. Numbers that are not given lead nowhere, which must look the same to a stranger."""
    case, right = claim.case, claim.right
    table = claim.collected.first()
    place = [table.source, table.collection] if table else ["shop", "orders"]
    given: dict[str, list[Any]] = {
        "case": [], "assign": [], "message": [], "file": [numbers.get("file", 1)], "letter": [numbers.get("letter", 1)],
        "letter_again": [numbers.get("letter", 1)], "letter_posted": [numbers.get("letter", 1)], "complaint": [],
        "breach_new": [], "breach": [numbers.get("breach", 1)], "breach_notice": [numbers.get("breach", 1)],
        "identity_ask": [], "identity_seen": [], "identity_close": [],
        "identity_check": [numbers.get("verification", 1)],
        "identity_picture": [numbers.get("verification", 1), numbers.get("page", 1)],
        "do": [right, "start"], "review": [right], "preview": [right], "review_table": [right, *place],
        "answer": [right], "approve": [right], "bundle_file": [right, "pdf"], "plan": [right],
        "plan_table": [right, *place], "extend": [right], "clarify": [right],
        "late": [right],
        "rectify": [right], "rectify_kind": [right, "user.contact.email"], "restrict": [right],
        "later": [],
        "restriction": [numbers.get("restriction", 1)],
        "recipients": [], "hand_tasks": [], "owner_tasks": [], "weigh": [right], "decision": [right],
    }  # fmt: skip
    return {name: reverse(f"admin:{name}", args=[case.reference, *rest]) for name, rest in given.items()}


def names_of_case() -> set[str]:
    """Names of the desk's own addresses that are about a case."""
    return {one.name for one in site.screens() if isinstance(one, URLPattern) and "reference" in str(one.pattern)}
