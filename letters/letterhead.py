"""Who writes: the values every letter of one controller shares (Art. 13(1)(a), Art. 12(4))."""

import re
from dataclasses import dataclass
from pathlib import Path

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, kw_only=True)
class Authority:
    """The supervisory authority that hears a complaint (Art. 77), with its present address; ValueError without either,
    as no refusal may go out then (Art. 12(4)). "" = not known."""

    name: str
    address: str
    phone: str = ""
    email: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if not (self.name.strip() and self.address.strip()):
            raise ValueError(f"authority: found {self.name!r}, {self.address!r}, expected a name and an address")


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """One controller as its paper shows it. `languages`: ISO codes it writes in. `folder`: its own folder, whose
    letters/<kind>/<lang>.html wins over ours; None = no overrides. `accent`: #rrggbb. `logo`: a data: URI or "".
    Raises ValueError for a colour or logo that could smuggle in a style or a foreign resource."""

    legal_name: str
    address: str
    reg_no: str
    authority: Authority
    languages: tuple[str, ...]
    email: str = ""
    phone: str = ""
    url: str = ""
    dpo: str = ""
    accent: str = "#1f4e5f"
    logo: str = ""
    folder: Path | None = None

    def __post_init__(self) -> None:
        if not _COLOUR.fullmatch(self.accent):
            raise ValueError(f"accent must be #rrggbb, found {self.accent!r}")
        if self.logo and not self.logo.startswith("data:image/"):
            raise ValueError("logo must be a data:image/ URI")
