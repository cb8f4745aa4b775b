"""The gate: outside the demo the portal does not start while one of these is wrong. Fails closed."""

from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from letters.check import problems
from policies import check as policy_check
from policies.load import Controller, load_all
from policies.problems import PolicyError

TAG = "dsar"


def refuse_unsafe_start() -> None:
    """Called where servers start; `manage.py check --deploy` shows the same list."""
    found = checks.run_checks(tags=[TAG], include_deployment_checks=True)
    errors = [one for one in found if one.level >= checks.ERROR]
    if errors:
        raise ImproperlyConfigured("Not starting: " + " ".join(f"[{found.id}] {found.msg}" for found in errors))


def _error(number: int, message: str, hint: str) -> checks.Error:
    return checks.Error(message, hint=hint, id=f"dsar.E{number:03}")


def _secret_key() -> str:
    try:
        return settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's own word for an empty one
        return ""


@checks.register(TAG, deploy=True)
def secrets_are_set(**_: Any) -> list[checks.CheckMessage]:
    found: list[checks.CheckMessage] = []
    if len(_secret_key()) < 40:
        found.append(_error(1, "SECRET_KEY is missing or shorter than 40 characters.",
                            "Set SECRET_KEY or SECRET_KEY_FILE."))
    if len(settings.LOOKUP_KEY) < 32:
        found.append(_error(7, "LOOKUP_KEY is missing or shorter than 32 characters.",
                            "Set LOOKUP_KEY or LOOKUP_KEY_FILE."))
    if not settings.MASTER_KEYS:
        found.append(_error(2, "MASTER_KEYS is missing: nothing personal can be stored.",
                            "Set MASTER_KEYS or MASTER_KEYS_FILE to Fernet keys, newest first, separated by commas."))
    for number, key in enumerate(settings.MASTER_KEYS, 1):
        try:
            Fernet(key)
        except ValueError:
            found.append(_error(3, f"Key {number} of MASTER_KEYS is not a Fernet key.",
                                "Make one with cryptography.fernet.Fernet.generate_key()."))
    return found


@checks.register(TAG, deploy=True)
def reachable_only_as_meant(**_: Any) -> list[checks.CheckMessage]:
    if settings.DSAR_DEMO:
        return []
    found: list[checks.CheckMessage] = []
    if settings.DEBUG:
        found.append(_error(4, "DEBUG is on: error pages would show personal data.", "Unset DEBUG."))
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(_error(5, "ALLOWED_HOSTS must name the portal's hosts.", "Set ALLOWED_HOSTS=privacy.example.com"))
    if not settings.PUBLIC_BASE_URL.startswith("https://"):
        found.append(_error(6, "PUBLIC_BASE_URL must begin with https://.", "Set PUBLIC_BASE_URL=https://privacy.example.com"))
    return found


@checks.register(TAG)
def letters_are_whole(**_: Any) -> list[checks.CheckMessage]:
    """Every kind in every language, a company's own texts included: no silent English (Art. 12(1))."""
    own = [found.parent for root in settings.DSAR_CONTROLLERS_PATH for found in sorted(root.glob("*/letters"))]
    hint = "Write the text, or correct it, in letters/<kind>/<language>.html."
    return [
        _error(8, f"{folder.name if folder else 'The portal'}: {line}.", hint)
        for folder in (None, *own)
        for line in problems(folder)
    ]


@checks.register(TAG, deploy=True)
def promises_can_be_kept(**_: Any) -> list[checks.CheckMessage]:
    """A case is stamped with the policy it was promised: one that cannot be read, or whose files contradict each other
    (a map of a column nobody explains, a record no rule keeps or erases), promises what nobody can do."""
    try:
        companies = load_all([Path(folder) for folder in settings.DSAR_CONTROLLERS_PATH])
    except PolicyError as wrong:
        return [_error(9, f"A policy cannot be loaded: {wrong}", "Run: manage.py policy check")]
    if not companies:
        hint = "Point DSAR_CONTROLLERS_PATH at a folder that holds company folders."
        return [_error(10, "No company is served.", hint)]
    return [found for company in companies.values() for found in _of_company(company)]


def _of_company(company: Controller) -> list[checks.CheckMessage]:
    """Contradictions stop the start. What only the company can answer does not: a person decides such records."""
    found: list[checks.CheckMessage] = [
        _error(11, f"{company.slug}: {problem}.", "Correct the file, then run: manage.py policy check")
        for problem in policy_check.problems(company)]
    unanswered = [one for one in policy_check.warnings(company) if one.code == "required_config"]
    if unanswered:
        hint = f"Ask the company: manage.py policy show {company.slug}"
        found.append(checks.Warning(f"{company.slug}: {len(unanswered)} facts only the company can give are missing.",
                                    hint=hint, id="dsar.W001"))
    return found
