"""Turns a kind, its values and a language into frozen text. One Django template engine of its own, so that no setting
of the site (autoescape off, a context processor, a silent empty string) can change what a letter says."""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.template import Context, Engine, Template, TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader_tags import BlockNode

from letters.kinds import KINDS, LANGUAGES, Values
from letters.letterhead import Letterhead
from letters.plaintext import to_text

TEXTS = Path(__file__).resolve().parent.parent / "templates"


class LetterError(Exception):
    """A letter that cannot be written: unknown kind, missing language, wrong values, a name the kind does not have."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A letter, ready to freeze. `body`: the inner HTML without style, for a page. `sha256`: hex, of kind, language,
    subject and html in canonical JSON."""

    subject: str
    html: str
    body: str
    text: str
    sha256: str


class _Strict(str):
    """Django prints an unknown name as `string_if_invalid % name`: here that is an error, never an empty space."""

    def __new__(cls) -> "_Strict":
        return super().__new__(cls, "%s")

    def __mod__(self, name: object) -> str:
        raise LetterError(f"no value called {name}")


@lru_cache(maxsize=64)
def _engine(folders: tuple[Path, ...]) -> Engine:
    return Engine(
        dirs=[str(folder) for folder in folders],
        autoescape=True,
        string_if_invalid=_Strict(),
        builtins=["letters.filters"],
    )


def template(kind: str, *, language: str, folder: Path | None = None) -> Template:
    """The text of a kind in a language; the one in the controller's `folder` (letters/<kind>/<lang>.html) wins.
    Raises LetterError when there is none or it cannot be read as a template."""
    if kind not in KINDS or language not in LANGUAGES:
        raise LetterError(f"no letter {kind} in {language}")
    engine = _engine((folder, TEXTS) if folder else (TEXTS,))
    try:
        return engine.get_template(f"letters/{kind}/{language}.html")
    except TemplateDoesNotExist as missing:
        raise LetterError(f"letter {kind} in {language}: {missing} is missing") from missing
    except UnicodeDecodeError as wrong:
        raise LetterError(f"letter {kind} in {language}: not UTF-8 at byte {wrong.start}") from wrong
    except TemplateSyntaxError as wrong:
        raise LetterError(f"letter {kind} in {language}: {wrong}") from wrong


def render(kind: str, *, language: str, values: Values, letterhead: Letterhead, written: date) -> Rendered:
    """Write one letter. `written`: the date it bears. Raises LetterError; never falls back to another language."""
    text = template(kind, language=language, folder=letterhead.folder)
    if type(values) is not KINDS[kind].values:
        raise LetterError(f"{kind} needs {KINDS[kind].values.__name__}, not {type(values).__name__}")
    names = {name: getattr(values, name) for name in type(values).__dataclass_fields__}
    shared = {"company": letterhead, "authority": letterhead.authority, "language": language, "written": written}
    context = {**names, **shared, "channel": KINDS[kind].channel}
    heading = " ".join(to_text(_block(text, "subject", context)).split())
    subject = f"{heading} [{values.reference}]"
    html = text.render(Context({**context, "heading": heading}, use_l10n=False, use_tz=False))
    canonical = json.dumps([kind, language, subject, html], ensure_ascii=False, separators=(",", ":"))
    return Rendered(
        subject=subject,
        html=html,
        body=html.partition("<main>")[2].partition("</main>")[0].strip(),
        text=to_text(html),
        sha256=sha256(canonical.encode()).hexdigest(),
    )


def _block(text: Template, name: str, context: dict[str, object]) -> str:
    for block in text.nodelist.get_nodes_by_type(BlockNode):
        if isinstance(block, BlockNode) and block.name == name:
            bound = Context(context, use_l10n=False, use_tz=False)
            with bound.bind_template(text):
                return str(block.nodelist.render(bound))
    raise LetterError(f"{text.name} has no block {name}")
