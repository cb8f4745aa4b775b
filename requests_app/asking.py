"""What a caseworker will need for each right, asked in plain words. Voluntary: no form of words is needed (Art. 12(2)).

One text in words of one's own for most rights (`plain_words.QUESTIONS`), and for some one more question with choices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from law.rights import Right
from policies.load import Controller
from policies.parts import Text
from requests_app.plain_words import QUESTIONS, RESTRICTION_GROUNDS, Words

Choices = list[tuple[str, Any]]


@dataclass(frozen=True)
class More:
    """One more question about a right; its answer is kept in `Claim.scope` under `key`."""

    key: str
    question: Words
    hint: Words
    kind: str  # one, many, text


MORE: dict[Right, More] = {
    Right.rectification: More(
        "evidence",
        _("How can we see that it is right?"),
        _("For example: a letter or a register that shows it. You can send us files afterwards, on your status page."),
        "text",
    ),
    Right.restriction: More(
        "ground",
        _("Which of these fits best?"),
        _("The law lets you pause the use of your data in these cases."),
        "one",
    ),
    Right.objection: More(
        "purposes", _("Which use of your data is it about?"), _("Tick none if you are not sure."), "many"
    ),
    Right.withdraw_consent: More(
        "consents", _("Which consent is it?"), _("If you tick none, we take it to be all of them."), "many"
    ),
    Right.automated_decision: More(
        "view",
        _("What do you think of the decision?"),
        _("Whoever looks at it must take what you say into account."),
        "text",
    ),
}


def fields(rights: tuple[Right, ...], *, company: Controller) -> dict[str, forms.Field]:
    """The fields of the page with details, in order; choices of which there is none or only one are not asked."""
    found: dict[str, forms.Field] = {}
    for right in rights:
        more = MORE.get(right)
        own = {name_of(right): _field(more, choices(right, company=company))} if more else {}
        text = {right.value: _text(*QUESTIONS[right])}
        found |= own | text if choices_first(right) else text | own
    return {name: field for name, field in found.items() if field is not None}


def choices_first(right: Right) -> bool:
    """Whether what can be ticked stands before the words of one's own, on the form and where it is read again."""
    return right in MORE and MORE[right].kind != "text"


def names(right: Right) -> tuple[str, ...]:
    """Names of the fields this right may have."""
    return (right.value, *((name_of(right),) if right in MORE else ()))


def name_of(right: Right) -> str:
    return f"{right.value}_{MORE[right].key}"


def choices(right: Right, *, company: Controller) -> Choices:
    """What can be ticked: grounds of the law, or this company's own purposes in the reader's language."""
    if right == Right.restriction:
        return list(RESTRICTION_GROUNDS.items())
    basis = {Right.objection: {"e", "f"}, Right.withdraw_consent: {"a"}}.get(right, set())
    return [(one.id, _say(one.name)) for one in company.policy.purposes if basis & set(one.basis)]


def details(right: Right, data: Mapping[str, Any]) -> dict[str, Any]:
    """What belongs into `Claim.scope` for this right, of the cleaned answers of the page."""
    more = MORE.get(right)
    answer = data.get(name_of(right)) if more else None
    return {more.key: answer} if more and answer else {}


def said(right: Right, data: Mapping[str, Any], *, company: Controller) -> list[tuple[str, str]]:
    """The same in words, for staff and for the page that asks to check: (question, answer)."""
    more = MORE.get(right)
    answer = data.get(name_of(right)) if more else None
    if more is None or not answer:
        return []
    named = dict(choices(right, company=company))
    words = [answer] if isinstance(answer, str) else list(answer)
    return [(str(more.question), ", ".join(str(named.get(one, one)) for one in words))]


def _field(more: More, offered: Choices) -> forms.Field | None:
    if more.kind == "text":
        return _text(more.question, more.hint)
    if len(offered) < 2:
        return None
    shape, widget = (
        (forms.ChoiceField, forms.RadioSelect)
        if more.kind == "one"
        else (forms.MultipleChoiceField, forms.CheckboxSelectMultiple)
    )
    return shape(label=more.question, help_text=more.hint, choices=offered, required=False, widget=widget)


def _text(question: str | Promise, hint: str | Promise) -> forms.Field:
    area = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=question, help_text=hint, required=False, max_length=4000, widget=area)


def _say(text: Text) -> str:
    """In the reader's language, else in what there is."""
    spoken, wanted = text.languages(), (get_language() or "en")[:2]
    return text.say(wanted if wanted in spoken else "en" if "en" in spoken else spoken[0])
