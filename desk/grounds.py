"""Grounds in the words of staff: what a refusal or a restriction rests on, with its article."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from desk.pages import language, sentences
from law.citations import cite
from law.decisions import GROUNDS
from law.restriction import GROUNDS as RESTRICTION

RESTS: dict[str, Any] = {
    "a": _("The person contests that the data is accurate"),
    "b": _("The processing is unlawful, and the person wants the data restricted rather than erased"),
    "c": _("The company needs the data no longer, but the person does, for a legal claim"),
    "d": _("The person has objected, and it is not yet decided whose grounds weigh more"),
}
"""The letters of Art. 18(1). The law's own sentences (`law.restriction.GROUNDS`) speak to the person."""


def refusal(code: str) -> str:
    """The sentence of the law; a code it does not know is shown as it is."""
    return sentences([GROUNDS[code].reason()])[0] if code in GROUNDS else code


def rests(letter: str) -> str:
    return f"{RESTS[letter]} ({rests_under(letter)})" if letter in RESTS else letter


def rests_under(letter: str) -> str:
    """ "a" as the reader's language cites it: "artikel 18.1 a i dataskyddsförordningen"."""
    return cite(RESTRICTION[letter].article, language())
