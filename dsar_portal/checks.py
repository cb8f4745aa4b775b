"""The gate: outside the demo the portal does not start while one of these is wrong. Fails closed."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from dsar_portal import staff_sso
from fulfilment.handing_over import signing
from identity.log_in import log_ins
from letters.check import problems
from policies import check as policy_check
from policies.load import Controller, load_all
from policies.problems import PolicyError
from requests_app.door import antivirus

TAG = "dsar"
NEAR = frozenset({"", "localhost", "127.0.0.1", "[::1]", "::1"})


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
def bundles_are_signed(**_: Any) -> list[checks.CheckMessage]:
    """What is handed out unsigned can never be told from a forgery afterwards."""
    make = "Make one: head -c 32 /dev/urandom | base64 | tr '+/' '-_'"
    try:
        signer = signing.signer()
    except ValueError as wrong:
        return [_error(16, f"Bundles cannot be signed: {wrong}.", make)]
    if signer or settings.DSAR_DEMO:
        return []
    return [_error(15, "SIGNING_KEYS is missing: nobody could check that an extract comes from here.",
                   f"Set SIGNING_KEYS or SIGNING_KEYS_FILE, newest first, separated by commas. {make}")]


@checks.register(TAG, deploy=True)
def reachable_only_as_meant(**_: Any) -> list[checks.CheckMessage]:
    if settings.DSAR_DEMO:
        named = {*settings.ALLOWED_HOSTS, urlsplit(settings.PUBLIC_BASE_URL).hostname or ""}
        return [] if named <= NEAR else [_error(
            14, "DSAR_DEMO is on under a name that others reach: known passwords, no second factor, open mail.",
            "Unset DSAR_DEMO; the demo runs on 127.0.0.1 alone.")]  # fmt: skip
    found: list[checks.CheckMessage] = []
    if settings.DEBUG:
        found.append(_error(4, "DEBUG is on: error pages would show personal data.", "Unset DEBUG."))
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(_error(5, "ALLOWED_HOSTS must name the portal's hosts.", "Set ALLOWED_HOSTS=privacy.example.com"))
    if not settings.STAFF_MFA_REQUIRED or "dsar_portal.middleware.SecondFactor" not in settings.MIDDLEWARE:
        found.append(_error(12, "Staff could open the desk by a password alone.",
                            "Only the demo may: set STAFF_MFA_REQUIRED and keep the middleware SecondFactor."))
    if not settings.PUBLIC_BASE_URL.startswith("https://"):
        found.append(_error(6, "PUBLIC_BASE_URL must begin with https://.", "Set PUBLIC_BASE_URL=https://privacy.example.com"))
    return found


@checks.register(TAG, deploy=True)
def files_are_scanned(**_: Any) -> list[checks.CheckMessage]:
    """What nobody could scan does not come in. That must not be found out by the first person who sends a picture."""
    try:
        named = antivirus.address()
    except ValueError as wrong:
        return [_error(20, f"{wrong}.", "Set CLAMD_URL=unix:///run/clamav/clamd.ctl")]
    if named is None:
        if settings.DSAR_DEMO:
            return []
        if settings.CLAMD_URL == antivirus.NONE:
            return [checks.Warning("CLAMD_URL is none: every file people send is refused.", id="dsar.W020",
                                   hint="Take the proof by document out of the policies, or run clamd.")]
        return [_error(20, "CLAMD_URL is missing: no file could be scanned for viruses.",
                       "Set CLAMD_URL=unix:///run/clamav/clamd.ctl, or CLAMD_URL=none to take no files at all.")]
    try:
        answers = antivirus.ask(b"PING") == "PONG"
    except OSError:
        answers = False
    hint = "Start clamd (it reads its signatures for up to a minute), or correct CLAMD_URL."
    return [] if answers else [checks.Warning("clamd does not answer: until it does, every file is refused.",
                                              hint=hint, id="dsar.W021")]


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
    for missing in log_ins.unconnected(company):
        hint = f"Set {missing.client_id_env} (and its secret) for web server and worker; see docs/add-a-company.md."
        found.append(checks.Warning(f"{company.slug}: the log-in {missing.id} is not connected and not offered.",
                                    hint=hint, id="dsar.W030"))
    own = company.policy.staff_log_in
    if own and own.required and not staff_sso.find(f"staff:{company.slug}"):
        found.append(_error(13, f"{company.slug}: staff must come by the company's own log-in; it is not connected.",
                            f"Set {own.client_id_env} (and its secret), or take `required` out of staff_log_in."))
    return found
