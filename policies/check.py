"""Is a loaded company sound in itself? Problems stop it; conflicts and open questions are told to its people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from law.rights import Right
from policies.columns import column_problems
from policies.conflicts import conflicts
from policies.contradictions import contradictions
from policies.cover import factless, never, uncovered
from policies.load import Controller
from policies.maps import map_problems, own_categories
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
    checks = (unsound, contradictions, map_problems, column_problems, uncovered, never)
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


def warnings(controller: Controller) -> list[Warned]:
    """Where the published policy and the law disagree, or where nobody has said what must be said before go-live."""
    return [*_unlawful(controller), *_unanswered(controller), *_facts(controller), *_categories(controller)]


def to_confirm(controller: Controller) -> list[tuple[str, int]]:
    """(field, line) of every value we chose and the company must confirm."""
    marked = controller.marks[POLICY]
    return [(_label(path, part), marked.line(path)) for path, part in parts(controller.policy)
            if getattr(part, "confirm", False)]


def _label(path: tuple[str | int, ...], part: object) -> str:
    """'retention.r0' rather than 'retention.0'."""
    return said((*path[:-1], part.id) if hasattr(part, "id") else path)


def _unlawful(controller: Controller) -> Iterator[Warned]:
    for one in conflicts(controller):
        law = "; ".join(one.cited("en"))
        yield Warned(one.code, said(one.path), one.line, f"{one.text('en')} ({law}{f'; {one.src}' if one.src else ''})")


def _unanswered(controller: Controller) -> Iterator[Warned]:
    marked = controller.marks[POLICY]
    for path, part in parts(controller.policy):
        if isinstance(part, Sourced) and part.status == "required_config":
            issues = f" ({', '.join(part.issue)})" if part.issue else ""
            say = f"The company must still say this{issues}."
            yield Warned("required_config", _label(path, part), marked.line(path), say)


def _facts(controller: Controller) -> Iterator[Warned]:
    for field, line, kind in factless(controller):
        yield Warned("retention.no_fact", field, line,
                     f"No fact here starts the period for {kind}: each record will have to be decided by a person.")


def _categories(controller: Controller) -> Iterator[Warned]:
    for field, line, category, above in own_categories(controller):
        yield Warned("map.own_category", field, line,
                     f"{category} is not in the fideslang taxonomy. It counts as {above}.")
