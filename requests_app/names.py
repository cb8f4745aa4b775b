"""Names as people write them: every alphabet, one word or many, up to two hundred characters.

Nobody's name is corrected. What cannot be seen goes (control characters, marks that turn the direction of the text
around them), what is written in two ways becomes one (NFC), and what is no letter of any alphabet is sent back with a
word, not dropped: pictures, and letters buried under marks.
"""

import unicodedata

LONGEST = 200
MOST_MARKS = 4
"""Marks upon one letter: Vietnamese and Hebrew need two or three; a dozen hide the line above."""
JOINERS = "\u200c\u200d"  # Persian and Indian names are misspelt without them
NO_LETTERS = frozenset({"So", "Me", "Co", "Cn", "Cs"})
SKIN_TONES = "\U0001f3fb\U0001f3ff"
PLAIN_APOSTROPHE = dict.fromkeys(map(ord, "\u2019\u2018\u02bc\u02b9\u00b4`\u2032"), "'")


def cleaned(text: str) -> str:
    """The name without what cannot be seen, its spaces single, composed (NFC)."""
    shown = "".join(" " if one.isspace() else one for one in unicodedata.normalize("NFC", text) if _stays(one))
    return " ".join(shown.split()).strip(JOINERS)


def complaint(name: str) -> str:
    """Code of what is wrong with a cleaned name, or "": pictures, marks, no_letters."""
    kinds = [unicodedata.category(one) for one in name]
    if NO_LETTERS.intersection(kinds) or any(SKIN_TONES[0] <= one <= SKIN_TONES[1] for one in name):
        return "pictures"
    if "M" * (MOST_MARKS + 1) in "".join(kind[0] for kind in kinds):
        return "marks"
    return "" if any(kind[0] == "L" for kind in kinds) else "no_letters"


def findable(word: str) -> str:
    """One word of a name as it is searched: in whatever case, form and apostrophe it was typed."""
    plain = unicodedata.normalize("NFKC", word.translate(PLAIN_APOSTROPHE)).casefold()
    return "".join(one for one in unicodedata.normalize("NFC", plain) if unicodedata.category(one) != "Cf")


def _stays(one: str) -> bool:
    if one.isspace() or one in JOINERS:
        return True
    return unicodedata.category(one) not in ("Cc", "Cf") and not "\ufe00" <= one <= "\ufe0f"
