"""How sure we must be of who is asking in a case, how sure we are, and which ways are offered. Reads only."""

from django.db.models import Q

from identity import methods, speaking
from identity.models import Verification
from law.identification import Level, Means, Required, required_level
from law.outcomes import Outcome
from law.representation import Part
from law.rights import IMMEDIATE, Right
from requests_app.controllers import controller
from requests_app.door import antivirus
from requests_app.models import Case, Claim
from requests_app.states import Stage

Status, Subject = Verification.Status, Verification.Subject
WAITING = (Stage.RECEIVED, Stage.IDENTIFYING)
WAITS = Q(stage__in=WAITING) | Q(stage=Stage.CLOSED, outcome=Outcome.not_identified)
"""Claims that wait for proof, or would go on with it."""


def waiting_claims(case: Case) -> list[Claim]:
    """Claims that cannot go on before the person has proved who they are, those closed for want of that among them: a
    late answer opens them again (R-20). Never the immediate ones (Art. 7(3), 21(3)).
    """
    return [claim for claim in case.claims.filter(WAITS) if Right(claim.right) not in IMMEDIATE]


def required(case: Case) -> Required:
    """The highest level any of the waiting claims needs, with its reasons."""
    answers = [_required(claim) for claim in waiting_claims(case)]
    return max(answers, key=lambda answer: answer.level, default=Required(Level.L0, ()))


def level_of(claim: Claim) -> Level:
    """How sure we must be for this one claim."""
    return _required(claim).level


def _required(claim: Claim) -> Required:
    levels = controller(claim.case.controller).policy.level_map()
    return required_level(Right(claim.right), levels=levels, doubt=doubt(claim.case))


def doubt(case: Case) -> str | None:
    """The reasonable doubt a member of staff recorded for this case (Art. 12(6)), as a code."""
    asked = case.events.filter(kind="identity_doubt").order_by("-seq").first()
    return asked.data.get("reason") if asked else None


def reached(case: Case) -> Level:
    """The highest level proved so far of the person the data is about."""
    levels = case.verifications.filter(status=Status.PASSED, subject=Subject.PERSON).values_list("level", flat=True)
    return Level(max(levels, default=0))


def may_speak(case: Case) -> bool:
    """Whoever speaks for another has shown that they may, and who they are, or there is nobody who does (R-10)."""
    return not speaking.missing(case)


def lacks_proof(claim: Claim) -> bool:
    """Whether this claim may not go on for want of proof. Never so for the immediate rights (R-16)."""
    case, right = claim.case, Right(claim.right)
    return right not in IMMEDIATE and (reached(case) < level_of(claim) or not may_speak(case))


def offered(case: Case, subject: str = Subject.PERSON) -> tuple[Means, ...]:
    """Means for this case in the policy's order, least intrusive first: those that reach the level of a waiting claim,
    and the link where the control question behind it does. `subject`: whose identity is proved with them.
    """
    wanted = _of_the_person(case) if subject == Subject.PERSON else _of_the_speaker(case)
    return tuple(dict.fromkeys(wanted))


def _of_the_person(case: Case) -> list[Means]:
    # Whoever speaks for another shows that, too, and first.
    wanted = [Means.representative] if speaking.missing(case) else []
    for claim in waiting_claims(case):
        if reached(case) < level_of(claim):
            wanted += _leading_to(level_of(claim), claim)
    fitting = [means for means in wanted if means in methods.BY_MEANS and methods.fits(means, case)]
    return fitting if waiting_claims(case) else []


def _of_the_speaker(case: Case) -> list[Means]:
    """A link to their own address says nothing of who they are; a log-in, a document or a meeting does."""
    if Part.speaker not in speaking.missing(case):
        return []
    policy = controller(case.controller).policy.identity
    eid = [Means.eid] if policy.eid.offered and methods.fits(Means.eid, case) else []
    by_document = policy.document.offered != "never" and antivirus.takes_files()  # no doubt is needed: both are checked
    document = [Means.document] if by_document else []
    handed_in = case.verifications.filter(subject=Subject.REPRESENTATIVE, status=Status.SUBMITTED)
    waiting = set(handed_in.values_list("method", flat=True))
    return [means for means in (*eid, *document, Means.in_person) if means not in waiting]


def _leading_to(needed: Level, claim: Claim) -> list[Means]:
    """The policy's means for one claim; one that neither suffices nor leads on asks for more than is needed (R-14)."""
    policy, found = controller(claim.case.controller).policy.identity, []
    for level in range(Level.L1, Level.L4 + 1):
        found += policy.offered(Right(claim.right), level=Level(level))
    by_question = Means.control_question in found and Means.control_question.level >= needed
    return [one for one in found if one.level >= needed or (one is Means.email_link and by_question)]
