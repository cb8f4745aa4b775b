"""What a caseworker fills in about a proof of identity: the decision on what was sent, and what they saw themselves."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk import words
from desk.pages import sentences
from identity import deciding
from law.identification import Means
from law.representation import Authority, after_death
from requests_app.fields import DateInput

REQUIRED = {"required": gettext_lazy("Choose one.")}
PLACES = ("seen_in_person", "by_video")
KNOWN, LOGIN, REGISTER = "known_in_person", "company_login", "public_register"
HOW = (*PLACES, KNOWN, LOGIN, REGISTER)


def kinds_of(means: str) -> list[tuple[str, Any]]:
    """What can have been shown by this means."""
    if means == Means.representative:
        return list(words.AUTHORITIES.items())
    if means in (Means.login, Means.eid):
        return []
    known = [(KNOWN, words.SEEN[KNOWN])] if means == Means.in_person else []
    return [*words.DOCUMENTS.items(), *known]


def one_of(label: Any, choices: list[tuple[str, Any]], **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=forms.RadioSelect, error_messages=REQUIRED, **more
    )  # fmt: skip


def day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=DateInput(), error_messages={"required": gettext_lazy("Write the day.")}, **more
    )  # fmt: skip


def died_on() -> forms.DateField:
    return day_field(
        gettext_lazy("For an estate: when did the person die?"), required=False,
        help_text=gettext_lazy("Looked at now, and not kept."),
    )  # fmt: skip


class VerdictForm(forms.Form):
    """Each way has its own reason; one that is ticked beside another way does no harm."""

    decision = one_of(gettext_lazy("Your decision"), [(one, one) for one in ("accept", "again", "refuse")])
    document = one_of(gettext_lazy("What was shown?"), [], required=False)
    again = one_of(gettext_lazy("What was wrong?"), [], required=False)
    refuse = one_of(gettext_lazy("Why not?"), [], required=False)
    how = one_of(gettext_lazy("Where?"), [(one, words.SEEN[one]) for one in PLACES], required=False)
    on = day_field(gettext_lazy("Which day?"), required=False)
    died_on = died_on()

    def __init__(self, *args: Any, means: str, country: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.means, self.country, self.today = means, country, today
        self._choices("document", kinds_of(means))
        self._choices("again", [(code, words.NOT_PROVED[code]) for code in deciding.AGAIN.get(means, ())])
        self._choices("refuse", [(code, words.NOT_PROVED[code]) for code in deciding.REFUSED.get(means, ())])
        if means != Means.in_person:
            del self.fields["how"], self.fields["on"]
        if means != Means.representative or country != "DK":
            del self.fields["died_on"]
        if not deciding.AGAIN.get(means):
            del self.fields["again"]
        if not kinds_of(means):
            del self.fields["document"]

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = {"accept": ("document", "how", "on"), "again": ("again",), "refuse": ("refuse",)}
        for name in needed.get(data.get("decision", ""), ()):
            if name in self.fields and name not in self.errors and not data.get(name):
                self.add_error(name, self.fields[name].error_messages["required"])
        if data.get("decision") == "accept":
            self._days(data)
        return data

    def _days(self, data: dict[str, Any]) -> None:
        not_yet(self, "on", data, today=self.today)
        if data.get("document") == Authority.estate:
            still_protected(self, data, country=self.country, today=self.today)


def not_yet(form: forms.Form, name: str, data: dict[str, Any], *, today: date) -> bool:
    """Say so where the day has not been yet."""
    wrong = bool(data.get(name)) and data[name] > today
    if wrong:
        form.add_error(name, _("That day has not been yet."))
    return wrong


def still_protected(form: forms.Form, data: dict[str, Any], *, country: str, today: date) -> None:
    """Denmark protects the data of the dead for ten years (databeskyttelsesloven § 2(5); R-11)."""
    if "died_on" not in form.fields or "died_on" in form.errors or not_yet(form, "died_on", data, today=today):
        return
    if not data.get("died_on"):
        form.add_error("died_on", _("Write the day."))
        return
    answer = after_death(country, died=data["died_on"], today=today)
    if not answer.protected:
        form.add_error("died_on", " ".join(sentences(answer.reasons)))


class SeenForm(forms.Form):
    """Proof a colleague saw without the portal: of whom, what and where. Never a copy, never a number."""

    what = one_of(
        gettext_lazy("What did you see?"),
        [
            ("person", gettext_lazy("Who the person is whose data it is")),
            ("representative", gettext_lazy("Who the one is who acts for them")),
            ("authority", gettext_lazy("What gives them the right to act")),
        ],
    )
    how = one_of(gettext_lazy("How?"), [(one, words.SEEN[one]) for one in HOW], required=False)
    document = one_of(
        gettext_lazy("Which document was shown?"), [("", gettext_lazy("None")), *words.DOCUMENTS.items()],
        required=False,
    )  # fmt: skip
    authority = one_of(gettext_lazy("Which authority?"), list(words.AUTHORITIES.items()), required=False)
    died_on = died_on()
    on = day_field(gettext_lazy("Which day?"))

    def __init__(self, *args: Any, speaks: bool, country: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)
        self.country, self.today = country, today
        if not speaks:
            del self.fields["what"], self.fields["authority"]
            self.fields["how"].choices = [(one, words.SEEN[one]) for one in HOW if one != REGISTER]  # type: ignore[attr-defined]
        if not speaks or country != "DK":
            del self.fields["died_on"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        not_yet(self, "on", data, today=self.today)
        if data.get("what") == "authority":
            self._authority(data)
        else:
            self._seen(data)
        return data

    def _authority(self, data: dict[str, Any]) -> None:
        if not data.get("authority"):
            self.add_error("authority", REQUIRED["required"])
        if data.get("authority") == Authority.estate:
            still_protected(self, data, country=self.country, today=self.today)

    def _seen(self, data: dict[str, Any]) -> None:
        if not data.get("how"):
            self.add_error("how", REQUIRED["required"])
        if data.get("how") in PLACES and not data.get("document"):
            self.add_error("document", _("Choose what was shown."))
        if data.get("how") == REGISTER and data.get("what") != "representative":
            self.add_error("how", _("The public register is for a lawyer who acts for somebody."))
