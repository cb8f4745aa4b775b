"""{{ held.ground|rests_under }}: the article that a restriction rests on, in the language of the page."""

from django import template

from desk import grounds

register = template.Library()
register.filter(grounds.rests_under)
