"""Fills in the public form as a person would: page after page, following redirects."""

from collections.abc import Mapping
from typing import Any

from django.test import Client
from django.urls import reverse

GOOD: dict[str, dict[str, Any]] = {
    "rights": {"rights": ["access", "erasure"]},
    "relation": {"relation": "private"},
    "about": {"about": "Ordrer fra webshoppen", "date_from": "2023-01-01", "date_to": "2024-12-31"},
    "who": {"who": "self"},
    "contact": {"name": "Sofie Østergård Nørby", "email": "sofie.noerby@example.com", "phone": "20 12 34 56"},
    "find": {"customer_no": "K-104482", "order_no": "", "other_emails": "sofie.gammel@example.com"},
}


def url(slug: str, step: str) -> str:
    return reverse("public:form", args=[slug, step])


def answer(client: Client, slug: str, answers: Mapping[str, Mapping[str, Any]] = GOOD) -> str:
    """Answer every question the portal asks, in the order it asks them; returns where it led."""
    place = client.get(reverse("public:start", args=[slug])).url
    while (step := place.rstrip("/").rsplit("/", 1)[-1]) != "check":
        assert client.get(place).status_code == 200
        response = client.post(place, answers.get(step, {}))
        assert response.status_code == 302, (step, response.context["form"].errors)
        place = response.url
    return place


def send(client: Client, slug: str, answers: Mapping[str, Mapping[str, Any]] = GOOD) -> Any:
    """Fill in and send; the response of the last click."""
    check = answer(client, slug, answers)
    page = client.get(check)
    return client.post(check, {"token": page.context["form"]["token"].value(), "website": ""})
