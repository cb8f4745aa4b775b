"""The portal's own signing keys, from SIGNING_KEYS, and the page where anybody checks what they signed."""

from functools import lru_cache

from django.conf import settings
from django.urls import reverse

from fulfilment.extract import signature
from fulfilment.extract.signature import Keys, Signer


def keys() -> Keys:
    """ValueError where one of them is no key; dsar.E016 has said so before."""
    return _keys(tuple(settings.SIGNING_KEYS))


def signer() -> Signer | None:
    """None only where there are no keys: in a trial without a portal, which dsar.E015 keeps from serving anybody."""
    return keys().signer


def verify_url() -> str:
    """The page with the public keys, on which a browser checks a bundle without sending it anywhere."""
    return settings.PUBLIC_BASE_URL + reverse("fulfilment:verify")


@lru_cache(maxsize=8)
def _keys(texts: tuple[str, ...]) -> Keys:
    return signature.keys(texts)
