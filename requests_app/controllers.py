"""The companies this portal serves: a thin, cached entrance to `policies.load`."""

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from policies.load import Controller, load_all
from requests_app.models import PolicyVersion


class UnknownController(LookupError):
    """No folder of that name in DSAR_CONTROLLERS_PATH."""


def controllers() -> Mapping[str, Controller]:
    return load_all([Path(folder) for folder in settings.DSAR_CONTROLLERS_PATH])


def controller(slug: str) -> Controller:
    """Raises `UnknownController`."""
    try:
        return controllers()[slug]
    except KeyError:
        raise UnknownController(slug) from None


def remember_version(current: Controller) -> str:
    """Keep the policy files as they are now and return their digest: what a case is stamped with."""
    PolicyVersion.objects.get_or_create(
        digest=current.digest,
        defaults={"controller": current.slug, "files": dict(current.texts)},
    )
    return current.digest
