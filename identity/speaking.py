"""Who asks for another (R-10): what they have shown so far, and what is missing. Reads only.

Both people are checked (EDPB 01/2022, paras 80-81). In rows: a passed proof by `Means.representative` about the person
is the authority, its `document` the kind; any passed proof about the representative is who they are themselves.
"""

from identity.models import Verification
from law.identification import Means
from law.representation import Authority, Needed, Part, needed
from requests_app.models import Case

Status, Subject = Verification.Status, Verification.Subject


def authority(case: Case) -> Authority | None:
    """The kind of authority staff have accepted, the last one if several."""
    accepted = case.verifications.filter(
        method=Means.representative, subject=Subject.PERSON, status=Status.PASSED
    ).exclude(document="")
    last = accepted.last()
    return Authority(last.document) if last else None


def known(case: Case) -> bool:
    """Whoever acts for the person has shown who they are themselves."""
    return case.verifications.filter(subject=Subject.REPRESENTATIVE, status=Status.PASSED).exists()


def missing(case: Case) -> tuple[Part, ...]:
    """What is still to be shown of the authority and of whoever acts. Of the person: `need.reached`."""
    if not case.representative:
        return ()
    shown = {Part.authority: authority(case) is not None, Part.speaker: known(case)}
    return tuple(part for part, is_shown in shown.items() if not is_shown)


def asked_of(case: Case) -> Needed | None:
    """What the accepted kind needs, and why; None before there is one."""
    accepted = authority(case)
    return needed(accepted) if accepted else None
