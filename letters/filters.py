"""Filters for the texts: {{ due|day:language }}, {{ right|in_words:language }} and {{ count|number:language }}."""

from datetime import date

from django import template

from letters import words

register = template.Library()


@register.filter
def day(value: date, language: str) -> str:
    """A date spelled in the language of the letter."""
    return words.spell(value, language)


@register.filter
def in_words(value: str, language: str) -> str:
    """A code of a right as the noun that completes "your request for …"."""
    return words.right(value, language)


@register.filter
def number(value: int, language: str) -> str:
    """A whole number with its thousands apart, as the language of the letter parts them."""
    return words.number(value, language)
