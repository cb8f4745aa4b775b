"""The only entrance to lists of cases and claims. Every one starts from what the user may see."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from requests_app.access import visible_cases
from requests_app.models import Case, Claim, Message, SearchToken
from requests_app.reference import normal
from requests_app.searching import NORMAL, token_of
from requests_app.states import Stage


def cases(user: AbstractBaseUser) -> QuerySet[Case]:
    return visible_cases(user).prefetch_related("claims").select_related("assignee")


def case(user: AbstractBaseUser, reference: str) -> Case:
    """Raises `Case.DoesNotExist`, for a case of another company just as for none."""
    return cases(user).get(reference=reference)


def claims(user: AbstractBaseUser) -> QuerySet[Claim]:
    return Claim.objects.filter(case__in=visible_cases(user)).select_related("case", "case__assignee")


def open_claims(user: AbstractBaseUser) -> QuerySet[Claim]:
    return claims(user).exclude(stage=Stage.CLOSED).order_by("due_on", "pk")


def search(found: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Cases whose reference, e-mail, telephone, customer or order number, or words of the name are all of `text`."""
    text = text.strip()
    if not text:
        return found
    whole = Q(reference=normal(text)) | Q(reference__iexact=text)
    for kind in ("email", "phone", "number"):
        if NORMAL[kind](text):
            whole |= Exists(_having(kind, text))
    words = Q()
    for word in text.split():
        words &= Q(Exists(_having("name", word)))
    return found.filter(whole | words)


def unanswered(user: AbstractBaseUser) -> QuerySet[Message]:
    """Messages from people that nobody has opened."""
    return Message.objects.filter(case__in=visible_cases(user), author=None, internal=False, read_at=None)


def by_address(digest: str, *, reference: str, since: datetime) -> list[Case]:
    """Cases the address of this digest (`searching.token_of`) belongs to, or of these the one of `reference`; the few
    newest.
    """
    having = SearchToken.objects.filter(case=OuterRef("pk"), kind="email", digest=digest)
    found = Case.objects.filter(Exists(having), received_at__gte=since)
    return list((found.filter(reference=normal(reference)) if reference else found)[:5])


def _having(kind: str, text: str) -> QuerySet[SearchToken]:
    return SearchToken.objects.filter(case=OuterRef("pk"), kind=kind, digest=token_of(kind, text))
