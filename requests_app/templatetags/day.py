"""{{ due|day }}: a date as a person reads it, in the language of the page."""

from datetime import date, datetime

from django import template
from django.utils.timezone import localtime
from django.utils.translation import get_language

from law.citations import spell_date

register = template.Library()


@register.filter
def day(value: date | datetime) -> str:
    shown = localtime(value).date() if isinstance(value, datetime) else value
    return spell_date(shown, get_language() or "en")
