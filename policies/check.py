"""Is a loaded company sound in itself? Problems stop it; conflicts and open questions are told to its people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from law.rights import Right
from policies.columns import column_problems
from policies.cover import factless, uncovered
from policies.load import Controller
from policies.maps import map_problems
from policies.parts import Sourced
from policies.problems import Problem
from policies.promises import OpenQuestion
from policies.soundness import POLICY, parts, said, unsound


@dataclass(frozen=True)
class Warned:
    """Something that works but that the company should know. ``code`` is stable, ``say`` is for people."""

    code: str
    field: str
    line: int
    say: str


def problems(controller: Controller) -> list[Problem]:
    """Everything across the files of a company that does not fit together, sorted by file and line."""
    checks = (unsound, map_problems, column_problems, uncovered)
    return sorted(problem for check in checks for problem in check(controller))


def open_questions(controller: Controller) -> Sequence[OpenQuestion]:
    """What only the company can answer, those that block something first."""
    return sorted(controller.policy.questions(), key=lambda question: not question.blocks)


NEEDS: Mapping[str, str] = MappingProxyType({
    Right.access: "access_reply", Right.portability: "access_reply", Right.erasure: "erasure_decision",
})
LETTERHEAD = "letterhead"


def blocking(controller: Controller, right: str) -> list[OpenQuestion]:
    """The questions that keep an answer to this right from being released, in the order of the file.

    Every letter needs its letterhead (Art. 13(1)(a)); a reply what Art. 15(1)-(2) asks for; an erasure its periods.
    """
    needed = {LETTERHEAD, NEEDS.get(right, LETTERHEAD)}
    return [question for question in controller.policy.questions() if needed & {*question.blocks}]


def conflicts(controller: Controller) -> list[Warned]:
    """Where the published policy and the law disagree, or where nobody has said what must be said before go-live."""
    return [*_blanket_demand(controller), *_unanswered(controller), *_bookkeeping(controller), *_facts(controller)]


def to_confirm(controller: Controller) -> list[tuple[str, int]]:
    """(field, line) of every value we chose and the company must confirm."""
    marked = controller.marks[POLICY]
    return [(_label(path, part), marked.line(path)) for path, part in parts(controller.policy)
            if getattr(part, "confirm", False)]


def _label(path: tuple[str | int, ...], part: object) -> str:
    """'retention.r0' rather than 'retention.0'."""
    return said((*path[:-1], part.id) if hasattr(part, "id") else path)


def _blanket_demand(controller: Controller) -> Iterator[Warned]:
    stated = controller.policy.identity.stated
    if stated and stated.demands == "document":
        rights, line = ", ".join(stated.rights), controller.marks[POLICY].line(["identity", "stated"])
        yield Warned("identity.blanket_document", "identity.stated", line,
                     f"The policy demands an identity document with every request ({rights}; {stated.src}). A demand "
                     "without reasonable doubt in the single case breaches Art. 12(2), 12(6) and 5(1)(c) GDPR "
                     "(IMY-2022-1032; DT 2018-7320-0166). Lesser proofs are offered beside it.")


def _unanswered(controller: Controller) -> Iterator[Warned]:
    marked = controller.marks[POLICY]
    for path, part in parts(controller.policy):
        if isinstance(part, Sourced) and part.status == "required_config":
            issues = f" ({', '.join(part.issue)})" if part.issue else ""
            say = f"The company must still say this{issues}."
            yield Warned("required_config", _label(path, part), marked.line(path), say)


def _bookkeeping(controller: Controller) -> Iterator[Warned]:
    if not any(rule.legal_duty for rule in controller.policy.retention):
        yield Warned("retention.no_bookkeeping", "retention", controller.marks[POLICY].line(["retention"]),
                     "No rule keeps vouchers as the bookkeeping act of the country demands.")


def _facts(controller: Controller) -> Iterator[Warned]:
    for field, line, kind in factless(controller):
        yield Warned("retention.no_fact", field, line,
                     f"No fact here starts the period for {kind}: each record will have to be decided by a person.")
