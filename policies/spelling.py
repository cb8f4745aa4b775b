"""How the values of one kind of identity compare: a word, or a block where real data is written in several ways.

Nothing is held equal that the map does not say is: two spellings of one address may be two people elsewhere.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from policies.parts import Part

Domain = Annotated[str, StringConstraints(pattern=r"^(\*|[a-z0-9-]+(\.[a-z0-9-]+)+)$")]
Word = Literal["exact", "lower", "upper", "digits"]
OF_KIND = {"email": {"plus", "dots", "domains"}, "phone": {"country", "trunk"}, "number": {"prefixes"}, "folded": set()}


class Spelling(Part):
    """``email``: case, and in the domains named what follows a plus, or dots, make no difference. ``phone``: spaces and
    signs, 00 for +, and the national way of writing. ``number``: case, spaces, signs, leading zeros and these prefixes.
    ``folded``: case in any script, full-width letters, ß and ss, the two Turkish i.
    """

    as_: Literal["email", "phone", "number", "folded"] = Field(alias="as")
    plus: tuple[Domain, ...] = ()
    dots: tuple[Domain, ...] = ()
    domains: dict[Domain, Domain] = {}  # {googlemail.com: gmail.com}: two names of one mail system
    country: Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,3}$")] | None = None
    trunk: Annotated[str, StringConstraints(pattern=r"^\d{0,2}$")] = ""
    prefixes: tuple[Annotated[str, StringConstraints(pattern=r"^[A-ZÆØÅÄÖ]+$")], ...] = ()

    @model_validator(mode="after")
    def _its_own_words(self) -> Self:
        given = self.model_fields_set - {"as_"}
        if wrong := sorted(given - OF_KIND[self.as_]):
            expected = ", ".join(sorted(OF_KIND[self.as_])) or "nothing more"
            raise ValueError(f"expected {expected} beside as: {self.as_}, found {', '.join(wrong)}")
        if self.as_ == "phone" and self.country is None:
            raise ValueError("expected 'country': the calling code of numbers written without one, such as '45'")
        return self


Normalise = Word | Spelling
