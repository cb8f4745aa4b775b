"""What an owner can answer. A form reads and checks; what follows is done by `answers`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from fulfilment.asking import answers, words
from fulfilment.asking.answers import Sent, WrongFile
from fulfilment.asking.page import Place
from fulfilment.models import OwnerTask
from policies.load import Controller
from requests_app.fields import ManyFiles

AS_IT_IS = "as_it_is"
ANSWERS = (
    ("data", _("I send what there is")),
    ("nothing", _("Nothing is held about this person")),
    ("elsewhere", _("It is somebody else's system")),
)


class Files(forms.Field):
    """Any number of files under one name."""

    widget = ManyFiles

    def clean(self, value: Any) -> list[Any]:
        return [one for one in (value if isinstance(value, list | tuple) else [value]) if one]


class LookForm(forms.Form):
    """Files for each table, files as they are, or that there are none. `sent`: what was read of them."""

    answer = forms.ChoiceField(
        label=_("Your answer"), choices=ANSWERS, widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )  # fmt: skip
    said = forms.CharField(
        label=_("Anything we should know; or whose system it is"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Do not write more about the person than you must."),
    )  # fmt: skip

    def __init__(self, *args: Any, ours: Controller, task: OwnerTask, places: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ours, self.task, self.sent = ours, task, list[Sent]()
        for place in places:
            self.fields[f"table_{place.collection}"] = Files(
                label=place.label, required=False, help_text=_("CSV, JSON or JSON Lines; one or several files.")
            )
        self.fields[AS_IT_IS] = Files(
            label=_("Any other file, as it is"), required=False,
            help_text=_("Letters, pictures, spreadsheets: they are handed on as they are."),
        )  # fmt: skip

    @property
    def uploads(self) -> list[Any]:
        """The fields for files, for the page."""
        return [self[name] for name in self.fields if name not in ("answer", "said")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [(name, one) for name in self.fields for one in data.get(name) or () if name.startswith("table_")
                 or name == AS_IT_IS]  # fmt: skip
        if data.get("answer") == "elsewhere" and not data.get("said", "").strip():
            self.add_error("said", _("Write whose system it is, so that we can ask there."))
        if data.get("answer") in ("nothing", "elsewhere") and given:
            self.add_error("answer", _("You have chosen files as well. Which of the two is it?"))
        if data.get("answer") == "data":
            self._read(given)
        return data

    def _read(self, given: list[tuple[str, Any]]) -> None:
        if not given:
            self.add_error("answer", _("Choose at least one file, or say that nothing is held."))
        if len(given) > answers.MOST_FILES:
            text = ngettext("Not more than %(n)d file at a time.", "Not more than %(n)d files at a time.",
                            answers.MOST_FILES)  # fmt: skip
            self.add_error("answer", text % {"n": answers.MOST_FILES})
            return
        for name, upload in given:
            collection = name.removeprefix("table_") if name != AS_IT_IS else ""
            try:
                self.sent.append(answers.check(upload, collection=collection, ours=self.ours, source=self.task.source))
            except WrongFile as wrong:
                self.add_error(name, f"{wrong.name}: {words.wrong(wrong.why)}")
                if self.task.files.exists():
                    self.add_error(name, _("What you sent before still counts."))

    def apply(self, task: OwnerTask, *, now: datetime, user: Any = None) -> None:
        """Raises `tasks.NotAllowed`."""
        said = self.cleaned_data["said"]
        if self.cleaned_data["answer"] == "data":
            answers.give(task, self.sent, note=said, user=user, now=now)
        elif self.cleaned_data["answer"] == "nothing":
            answers.nothing(task, note=said, user=user, now=now)
        else:
            answers.elsewhere(task, who=said, now=now)


class DoneForm(forms.Form):
    """What was to be done by hand: done and how, or why not."""

    answer = forms.ChoiceField(
        label=_("Your answer"), widget=forms.RadioSelect,
        choices=[("done", _("We have done it")), ("cannot", _("It cannot be done"))],
        error_messages={"required": _("Choose one of the two.")},
    )  # fmt: skip
    said = forms.CharField(
        label=_("How it was done, or why it cannot be"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Do not write more about the person than you must."),
        error_messages={"required": _("Write how, or why not: it must be possible to show it later.")},
    )  # fmt: skip

    def apply(self, task: OwnerTask, *, now: datetime, user: Any = None) -> None:
        """Raises `tasks.NotAllowed`."""
        if self.cleaned_data["answer"] == "done":
            answers.done(task, how=self.cleaned_data["said"], user=user, now=now)
        else:
            answers.cannot(task, why=self.cleaned_data["said"], now=now)
