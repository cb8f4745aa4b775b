"""The outcome of checking every company: what ``manage.py policy check`` prints."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from policies.before_live import BeforeLive, before_live
from policies.check import Warned, problems, warnings
from policies.load import Controller, homes, load_all, load_controller
from policies.problems import PolicyError, Problem


@dataclass(frozen=True)
class Report:
    """``problems`` stop a company. ``warnings`` by slug do not; a strict check fails on what is not ``settled``."""

    companies: tuple[str, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[tuple[str, Warned], ...]
    before_live: tuple[BeforeLive, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems and all(one.settled for one in self.before_live)

    def to_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "companies": list(self.companies),
            "problems": [problem.to_json() for problem in self.problems],
            "warnings": [{"company": slug, **asdict(warned)} for slug, warned in self.warnings],
            **({"before_live": [one.to_json() for one in self.before_live]} if self.before_live else {}),
        }

    def __str__(self) -> str:
        """A strict report is read by lawyers: it says in their words what a plain one says by field and line."""
        lines = [str(problem) for problem in self.problems]
        if self.before_live:
            return "\n".join([*lines, *map(str, self.before_live)])
        lines += [f"{slug}: warning: {one.field} (line {one.line}): {one.say}" for slug, one in self.warnings]
        lines.append(f"{len(self.companies)} companies read ({', '.join(self.companies) or 'none'}): "
                     f"{len(self.problems)} problems, {len(self.warnings)} warnings.")
        return "\n".join(lines)


def check_all(
    folders: Sequence[Path], *, strict: bool = False, only: Collection[str] = (), today: date | None = None
) -> Report:
    """Check every company in ``folders``, or those named. Never raises: one that cannot be read is a problem.

    ``strict`` adds what each must settle before it goes live.
    """
    found: list[Problem] = []
    read: list[Controller] = []
    try:
        load_all(folders)
    except PolicyError as error:
        found += [one for one in error.problems if not only or Path(one.file).parent.name in only]
    for home in homes(folders):
        try:
            controller = load_controller(home)
        except PolicyError:
            continue  # already in the list, from load_all
        if not only or controller.slug in only:
            read.append(controller)
            found += problems(controller)
    warned = [(one.slug, warning) for one in read for warning in warnings(one)]
    settle = tuple(before_live(one, today=today) for one in read) if strict else ()
    return Report(tuple(one.slug for one in read), tuple(sorted(found)), tuple(warned), settle)
