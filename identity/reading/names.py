"""Names as documents write them and as people do: transliteration of ICAO 9303-3, section 6, and comparison.

The zone knows A to Z. A person writes Øyvind Åsnes, O'Brien or Anna-Lena; a document may drop what does not fit. The
answer is for a person who looks at the document, too: `PARTLY` and `NOT_COMPARABLE` are honest answers.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum

LETTERS = {
    "Å": ("AA", "A"), "Ä": ("AE", "A"), "Æ": ("AE", "A"), "Ǽ": ("AE",), "Ö": ("OE", "O"), "Ø": ("OE", "O"),
    "Ǿ": ("OE", "O"), "Œ": ("OE",), "Ő": ("OE", "O"), "Ü": ("UE", "UXX", "U"), "Ű": ("UE", "U"), "Ñ": ("N", "NXX"),
    "Þ": ("TH",), "Ð": ("D", "DH"), "Đ": ("D", "DJ"), "Ŋ": ("N", "NG"), "Ŧ": ("T",), "Ħ": ("H",), "Ł": ("L",),
    "Ŀ": ("L",), "Ĳ": ("IJ", "Y"), "ĸ": ("Q", "K"), "ı": ("I",), "ŉ": ("N",), "ẞ": ("SS",), "ß": ("SS",), "Ə": ("E",),
    "ſ": ("S",), "Ʒ": ("Z",), "Ǯ": ("Z",), "Ǥ": ("G",),
}  # fmt: skip
"""First what ICAO recommends, then what some states write instead. All other letters lose their accents."""
APOSTROPHES = "\u0027\u2018\u2019\u201b\u02bc\u02b9\u00b4\u0060\u2032"
JOINED = re.compile(f"[{APOSTROPHES}.]")
APART = re.compile(r"[\W\d_]+")
PARTICLES = frozenset("AF AV VON VAN DE DER DEN DI DA DU LA LE EL AL BIN BINT IBN OF ZU ZUM ZUR TER TEN Y E".split())
TITLES = frozenset("DR PROF MR MRS MS HR FRU".split())


class Agreement(Enum):
    MATCHES = "matches"
    PARTLY = "partly"
    """One of the two has names the other lacks, and nothing contradicts."""
    DIFFERS = "differs"
    NOT_COMPARABLE = "not_comparable"
    """Another script than Latin: how a state writes it in Latin letters cannot be foretold."""


def transliterate(name: str) -> str:
    """The name as most documents write it: `Þóra Åsnes-Öberg` → `THORA<AASNES<OEBERG`."""
    return "<".join("".join(letter[0] for letter in word) for word in _words(name))


def compare(typed: str, *, primary: Sequence[str], secondary: Sequence[str], cut: bool = False) -> Agreement:
    """A typed name against the two identifiers of a zone, in any order of names. `cut`: the zone had no more room."""
    if not _latin(typed):
        return Agreement.NOT_COMPARABLE
    words = [word for word in _words(typed) if _plain(word) not in TITLES]
    given = [*primary, *secondary]
    if not words or not given:
        return Agreement.NOT_COMPARABLE
    missing, unused = _pair(words, given, cut=cut)
    if missing and (unused or not cut):
        return Agreement.PARTLY if not unused else Agreement.DIFFERS
    used = [token for token in given if token not in unused]
    both = any(token in used for token in primary) and (not secondary or any(token in used for token in secondary))
    return Agreement.MATCHES if both else Agreement.PARTLY


Letters = tuple[tuple[str, ...], ...]


def _words(name: str) -> list[Letters]:
    """Each word as letters, each letter as the ways to write it."""
    clean = JOINED.sub("", unicodedata.normalize("NFC", name))
    return [letters for word in APART.split(clean) if (letters := _letters(word))]


def _letters(word: str) -> Letters:
    return tuple(ways for character in word for ways in _ways(character) if ways[0])


def _ways(character: str) -> list[tuple[str, ...]]:
    for one in (character, character.upper()):
        if one in LETTERS:
            return [LETTERS[one]]
    bare = [part for part in unicodedata.normalize("NFKD", character.upper()) if not unicodedata.combining(part)]
    return [LETTERS.get(part, (part if part.isascii() and part.isalpha() else "",)) for part in bare]


def _latin(name: str) -> bool:
    letters = [character for character in name if character.isalpha() and not unicodedata.combining(character)]
    return bool(letters) and all("LATIN" in unicodedata.name(one, "") or one in APOSTROPHES for one in letters)


def _plain(word: Letters) -> str:
    return "".join(ways[0] for ways in word)


def _pair(words: list[Letters], given: list[str], *, cut: bool) -> tuple[list[Letters], list[str]]:
    """What is left on each side when like has met like; particles may be missing on either."""
    missing, unused = _meet(words, given, cut=False)
    missing, unused = _meet_joined(missing, unused)
    if cut:
        missing, unused = _meet(missing, unused, cut=True)
    missing, unused = _meet_initials(missing, unused)
    return (
        [word for word in missing if _plain(word) not in PARTICLES],
        [token for token in unused if token not in PARTICLES],
    )


def _meet(words: list[Letters], given: list[str], *, cut: bool) -> tuple[list[Letters], list[str]]:
    missing, unused = [], list(given)
    for word in words:
        found = next((token for token in unused if _spells(word, token, cut=cut)), None)
        if found is None:
            missing.append(word)
        else:
            unused.remove(found)
    return missing, unused


def _meet_joined(words: list[Letters], given: list[str]) -> tuple[list[Letters], list[str]]:
    """`Anna-Lena` is ANNA<LENA in one country and ANNALENA in another; `O'Brien` may be O<BRIEN."""
    missing, unused = list(words), list(given)
    for first, second in zip(words, words[1:], strict=False):
        token = next((token for token in unused if _spells(first + second, token)), None)
        if token and first in missing and second in missing:
            missing.remove(first)
            missing.remove(second)
            unused.remove(token)
    for left, right in zip(given, given[1:], strict=False):
        word = next((word for word in missing if _spells(word, left + right)), None)
        if word and left in unused and right in unused:
            missing.remove(word)
            unused.remove(left)
            unused.remove(right)
    return missing, unused


def _meet_initials(words: list[Letters], given: list[str]) -> tuple[list[Letters], list[str]]:
    """`Anna M. Eriksson`: a typed initial stands for the name it begins."""
    unused = list(given)
    missing = []
    for word in words:
        plain = _plain(word)
        token = next((token for token in unused if len(plain) == 1 and token.startswith(plain)), None)
        if token is None:
            missing.append(word)
        else:
            unused.remove(token)
    return missing, unused


def _spells(word: Letters, token: str, *, cut: bool = False) -> bool:
    """Whether one of the ways to write the word is this token, or with `cut` begins with it. Linear in both."""
    ends = {0}
    for ways in word:
        ends = {end + len(way) for end in ends for way in ways if token.startswith(way, end)} | (
            {len(token)} if cut and any(_runs_out(token, end, ways) for end in ends) else set()
        )
        if cut and len(token) in ends:
            return True
        if not ends:
            return False
    return len(token) in ends


def _runs_out(token: str, end: int, ways: tuple[str, ...]) -> bool:
    """The token ends within this letter: ...O of OE."""
    left = token[end:]
    return bool(left) and any(len(way) > len(left) and way.startswith(left) for way in ways)
