"""What belongs in a set of data to carry elsewhere (Art. 20 GDPR)."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from law.reasons import Answer, Reason

Origin: TypeAlias = Literal["provided", "observed", "derived", "third_party"]

SCOPE = "Art. 20(1) GDPR"
CARRYING_BASES = frozenset({"a", "b"})  # consent and contract


def in_portability(*, origin: Origin, bases: Sequence[str], automated: bool = True, shared: bool = False) -> Answer:
    """Whether a record may be carried elsewhere: provided or observed, on consent or contract, by automated means.

    `bases` are letters of Art. 6(1), "a" to "f"; one of a (consent) and b (contract) is enough. Inferred data and data
    from others stay in the extract only (WP242 rev.01 p. 9-11, recital 68 GDPR). A shared row is looked at first
    (Art. 20(4) GDPR).
    """
    if origin == "derived":
        return Answer(False, (Reason("portability.derived", SCOPE),))
    if origin == "third_party":
        return Answer(False, (Reason("portability.third_party", SCOPE),))
    if not CARRYING_BASES.intersection(bases):
        return Answer(False, (Reason("portability.other_basis", "Art. 20(1)(a) GDPR"),))
    if not automated:
        return Answer(False, (Reason("portability.not_automated", "Art. 20(1)(b) GDPR"),))
    included = Reason(f"portability.{origin}", SCOPE)
    if shared:
        return Answer(True, (included, Reason("portability.shared", "Art. 20(4) GDPR")), review=True)
    return Answer(True, (included,))
