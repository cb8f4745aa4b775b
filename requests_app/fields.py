"""Form fields of the public pages."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from requests_app import names, uploads


class Line(forms.CharField):
    """One line of text without what cannot be seen, composed (NFC)."""

    def to_python(self, value: Any) -> str:
        return names.cleaned(super().to_python(value) or "")


class NameField(Line):
    """Somebody's name, in whatever alphabet."""

    COMPLAINTS = {
        "pictures": _("Write the name in letters; it cannot hold pictures or symbols."),
        "marks": _("There are too many marks on one letter. Write the name as you usually do."),
        "no_letters": _("Write the name with at least one letter."),
    }

    def __init__(self, **options: Any) -> None:
        too_long = _("The name is longer than 200 characters. Write as much of it as fits.")
        errors = {"max_length": too_long, **options.pop("error_messages", {})}
        super().__init__(max_length=names.LONGEST, error_messages=errors, **options)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and (code := names.complaint(value)):
            raise forms.ValidationError(self.COMPLAINTS[code], code=code)


class ManyEmails(forms.CharField):
    """Several addresses, apart by commas, spaces or new lines."""

    def clean(self, value: Any) -> tuple[str, ...]:  # type: ignore[override]
        text = super().clean(value)
        addresses = tuple(dict.fromkeys(text.replace(",", " ").replace(";", " ").split()))
        if len(addresses) > 10:
            raise forms.ValidationError(_("Please give no more than ten addresses."))
        for address in addresses:
            validate_email(address)
        return addresses


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


UPLOAD_ERRORS = {
    "too_many": _("Please send no more than five files at a time."),
    "too_big": _("A file is larger than 10 MB. Please send a smaller one."),
    "empty": _("A file is empty. Please choose it again."),
    "wrong_kind": _("We can take PDF files and photos (JPEG, PNG, WebP, HEIC). Please send the file as one of these."),
}


class Files(forms.FileField):
    """Several files, each checked by its content."""

    widget = ManyFiles

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=ManyFiles(attrs={"accept": uploads.ACCEPT}), **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # type: ignore[override]
        files: Sequence[UploadedFile] = [file for file in (data or []) if file]
        try:
            uploads.check(files)
        except uploads.UploadError as error:
            raise forms.ValidationError(UPLOAD_ERRORS[error.code]) from error
        return list(files)
