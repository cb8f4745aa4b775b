"""``controllers/<slug>/brand/brand.yaml``: colours and a logo.

Text on its ground must reach a contrast of 4.5 (WCAG 1.4.3).
"""

from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from policies.parts import Line, Part

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.(svg|png)$")]  # never a path
PAIRS = (("on_primary", "primary"), ("text", "background"), ("link", "background"), ("primary", "background"),
         ("muted", "background"))


class Brand(Part):
    """``logo``: an SVG in the same folder, a placeholder wordmark until the company sends its own."""

    primary: Colour
    on_primary: Colour
    background: Colour
    text: Colour
    muted: Colour
    link: Colour
    logo: FileName
    logo_alt: Line

    @model_validator(mode="after")
    def _readable(self) -> Self:
        for ink, ground in PAIRS:
            found = contrast(getattr(self, ink), getattr(self, ground))
            if found < 4.5:
                raise ValueError(f"expected a contrast of at least 4.5 between {ink} and {ground}, not {found:.2f}")
        return self


def contrast(ink: str, ground: str) -> float:
    """The WCAG 2 contrast of two colours '#rrggbb', from 1 to 21."""
    light, dark = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start:start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
