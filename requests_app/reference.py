"""Case references a person can read aloud: AJDK-7K3M-9QXW."""

import secrets

ALPHABET = "ACDEFGHJKMNPQRTWXY34679"
"""No 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V: nothing that is mistaken in handwriting or on the telephone."""


def prefix(slug: str) -> str:
    """Four letters that name the company."""
    return "".join(char for char in slug.upper() if char.isalnum())[:4]


def new_reference(slug: str) -> str:
    """Random, so that it tells neither how many cases there are nor who came before."""
    block = lambda: "".join(secrets.choice(ALPHABET) for _ in range(4))  # noqa: E731
    return f"{prefix(slug)}-{block()}-{block()}"


def normal(text: str) -> str:
    """A reference as typed by a person, in the way it is stored."""
    letters = [char for char in text.upper() if char.isalnum()]
    return f"{''.join(letters[:-8])}-{''.join(letters[-8:-4])}-{''.join(letters[-4:])}"
