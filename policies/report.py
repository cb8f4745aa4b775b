"""The outcome of checking every company: what ``manage.py policy check`` prints."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from policies.check import Warned, conflicts, problems
from policies.load import homes, load_all, load_controller
from policies.problems import PolicyError, Problem


@dataclass(frozen=True)
class Report:
    """``problems`` stop a company. ``warnings`` by slug only fail a strict check."""

    companies: tuple[str, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[tuple[str, Warned], ...]
    strict: bool

    @property
    def ok(self) -> bool:
        return not self.problems and not (self.strict and self.warnings)

    def to_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "companies": list(self.companies),
            "problems": [problem.to_json() for problem in self.problems],
            "warnings": [{"company": slug, **asdict(warned)} for slug, warned in self.warnings],
        }

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        lines += [f"{slug}: warning: {one.field} (line {one.line}): {one.say}" for slug, one in self.warnings]
        lines.append(f"{len(self.companies)} companies read ({', '.join(self.companies) or 'none'}): "
                     f"{len(self.problems)} problems, {len(self.warnings)} warnings.")
        return "\n".join(lines)


def check_all(folders: Sequence[Path], *, strict: bool = False) -> Report:
    """Check every company in ``folders``. Never raises: a company that cannot be read is a problem of the report."""
    found: list[Problem] = []
    warned: list[tuple[str, Warned]] = []
    names: list[str] = []
    try:
        load_all(folders)
    except PolicyError as error:
        found += error.problems
    for home in homes(folders):
        try:
            controller = load_controller(home)
        except PolicyError:
            continue  # already in the list, from load_all
        names.append(controller.slug)
        found += problems(controller)
        warned += [(controller.slug, one) for one in conflicts(controller)]
    return Report(tuple(names), tuple(sorted(found)), tuple(warned), strict)
