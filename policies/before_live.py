"""What one company must settle before it goes live, in the words and the language of whoever must answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from law.reasons import wording as law_words
from policies.check import open_questions, to_confirm
from policies.conflicts import Conflict, conflicts
from policies.cover import factless, untold_holds
from policies.load import Controller
from policies.parts import Sourced
from policies.promises import ANSWERERS, OpenQuestion
from policies.soundness import POLICY, parts, said
from policies.speech import say


@dataclass(frozen=True)
class BeforeLive:
    """``language``: the company's first. ``missing``: facts no source gives. ``by_hand``: what people must do."""

    slug: str
    name: str
    language: str
    questions: tuple[OpenQuestion, ...]
    conflicts: tuple[Conflict, ...]
    missing: tuple[str, ...]
    by_hand: tuple[str, ...]
    to_confirm: tuple[tuple[str, int], ...]

    @property
    def settled(self) -> bool:
        """Nothing open, nothing unlawful. What people do by hand is a way to work, not a hindrance."""
        return not (self.questions or self.conflicts or self.missing)

    def to_json(self) -> dict[str, Any]:
        return {
            "company": self.slug, "name": self.name, "language": self.language, "settled": self.settled,
            "questions": [self._question(one) for one in self.questions],
            "conflicts": [{"code": one.code, "field": ".".join(map(str, one.path)), "line": one.line,
                           "say": one.text(self.language), "law": list(one.cited(self.language)), "src": one.src,
                           "questions": list(one.issue)} for one in self.conflicts],
            "missing": list(self.missing), "by_hand": list(self.by_hand),
            "to_confirm": [{"field": field, "line": line} for field, line in self.to_confirm],
        }  # fmt: skip

    def _question(self, one: OpenQuestion) -> dict[str, Any]:
        return {"id": one.id, "answers": one.answers, "question": one.question.say(self.language),
                "meanwhile": one.meanwhile.say(self.language), "blocks": list(one.blocks), "src": one.src}

    def __str__(self) -> str:
        title = self._say("heading.title", name=self.name)
        lines = [title, "=" * len(title), ""]
        if self.settled:
            lines += [self._say("heading.clear"), ""]
        for block in (*self._asked(), self._unlawful(), self._listed("heading.machine", self.missing),
                      self._listed("heading.by_hand", self.by_hand)):
            lines += [*block, ""] if block else []
        if self.to_confirm:
            lines += [self._say("heading.confirm", count=str(len(self.to_confirm)), slug=self.slug), ""]
        return "\n".join(lines)

    def _asked(self) -> Iterator[list[str]]:
        """One block for each group of people, numbered through."""
        number = 0
        for who in ANSWERERS:
            asked = [one for one in self.questions if one.answers == who]
            block = [self._say("heading.ask", who=self._say(f"who.{who}"))] if asked else []
            for one in asked:
                number += 1
                block += self._lines(one, number)
            if block:
                yield block

    def _lines(self, one: OpenQuestion, number: int) -> Iterator[str]:
        yield f"  {number}. {one.question.say(self.language)} ({self._where(one.src)})"
        yield f"     {self._say('label.meanwhile')}: {one.meanwhile.say(self.language)}"
        if one.blocks:
            stops = ", ".join(self._say(f"blocks.{block}") for block in one.blocks)
            yield f"     {self._say('label.blocks')}: {stops}"

    def _unlawful(self) -> list[str]:
        if not self.conflicts:
            return []
        lines = [self._say("heading.conflicts")]
        for one in self.conflicts:
            where = f" ({self._where(one.src)})" if one.src else ""
            lines.append(f"  - {one.text(self.language)}{where}")
            lines.append(f"    {self._say('label.law')}: {'; '.join(one.cited(self.language))}")
        return lines

    def _listed(self, heading: str, lines: tuple[str, ...]) -> list[str]:
        return [self._say(heading), *(f"  - {line}" for line in lines)] if lines else []

    def _where(self, src: str | None) -> str:
        """'line 50, 52 of the published text', never the code of the stored copy."""
        lines = re.sub(r"^S\d+:", "", src or "").replace(",", ", ")
        return self._say("label.line", lines=lines) if lines else self._say("label.not_in_text")

    def _say(self, key: str, **values: str) -> str:
        return say(key, self.language, **values)


def before_live(controller: Controller, *, today: date | None = None) -> BeforeLive:
    """Everything open at one company. ``today`` finds what has expired as well."""
    policy = controller.policy
    return BeforeLive(
        controller.slug, policy.legal_name, policy.languages[0], tuple(open_questions(controller)),
        tuple(conflicts(controller, today=today)), tuple(_missing(controller)), tuple(_by_hand(controller)),
        tuple(to_confirm(controller)),
    )  # fmt: skip


def _missing(controller: Controller) -> Iterator[str]:
    """Values nobody gave or asks for; facts no source gives, so that a period never begins by itself."""
    language = controller.policy.languages[0]
    for path, part in parts(controller.policy):
        if isinstance(part, Sourced) and part.status == "required_config" and not part.issue:
            line = str(controller.marks[POLICY].line(path))
            yield say("machine.unasked", language, field=said(path), line=line)
    for field, _, kind in factless(controller):
        source = controller.sources[field.split(".")[1]]
        yield say("machine.no_fact", language, source=source.name.say(language),
                  kind=controller.policy.kind_text(kind, language=language))


def _by_hand(controller: Controller) -> Iterator[str]:
    """What the files tell nobody how to do by machine: marking in a source, telling a recipient."""
    language = controller.policy.languages[0]
    for source in controller.sources.values():
        if source.collections and not any(one.restrict for one in source.collections.values()):
            yield say("machine.no_restrict", language, source=source.name.say(language))
    for hold in untold_holds(controller):
        yield say("machine.no_hold", language, hold=law_words(language)["terms"][f"hold.{hold}"])
    for recipient in controller.policy.recipients:
        if not (recipient.notify and (recipient.notify.email or recipient.notify.webhook_env)):
            yield say("machine.no_notify", language, who=recipient.category.say(language))
