"""What a policy demands as proof of identity, and what the portal does instead of the literal text (rules 1.3)."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from law.identification import Level, Means
from law.rights import IMMEDIATE, Right
from policies.log_ins import LogIn
from policies.parts import Line, Part, Period, Sourced, Text, Word

LevelName = Literal["L0", "L1", "L2", "L3", "L4"]


class StatedDemand(Sourced):
    """What the published text asks for. ``demands: document`` puts the document method first for ``rights``."""

    text: Text
    demands: Literal["document", "proof"]
    rights: tuple[Right, ...] = Field(min_length=1)


class ControlQuestion(Part):
    """A question the person can reasonably answer (IMY, CDON and Lensway). ``compare``: where the right answer lies."""

    id: Word
    ask: Text
    compare: tuple[Line, ...] = ()  # source/collection.column


class IdDocument(Part):
    """Limits of the document method (EDPB 01/2022, paras 74-79): masked, short-lived, never kept."""

    offered: Literal["first", "on_doubt", "never"] = "on_doubt"
    masked_by_person: Literal[True] = True
    destroy: Literal["on_decision"] = "on_decision"
    destroy_after: Period = "P14D"
    keep: tuple[Literal["id_checked_at", "method", "checked_by", "doc_type"], ...] = (
        "id_checked_at", "method", "checked_by", "doc_type")


class Eid(Part):
    """National eID: offered beside other means, never the only route; no identity number is kept."""

    scheme: Line
    offered: bool = False


class IdentityPolicy(Part):
    """``levels``: how sure we must be, per right. ``methods``: what is offered at each level, in this order."""

    stated: StatedDemand | None = None
    levels: Mapping[Right, LevelName]
    low_risk: Mapping[Right, LevelName] = {}
    methods: Mapping[LevelName, tuple[Means, ...]]
    control_questions: tuple[ControlQuestion, ...] = ()
    document: IdDocument = IdDocument()
    eid: Eid
    login_offered: bool = False  # until the company's own log-in is connected
    log_ins: tuple[LogIn, ...] = ()
    national_id_number: Literal["never"] = "never"
    confirm: Literal[True]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [right for right in Right if right not in self.levels]
        if missing:
            raise ValueError(f"expected a level for every right; missing: {', '.join(missing)}")
        for right in IMMEDIATE:
            if self.levels[right] != "L0":
                raise ValueError(f"expected L0 for {right}: no identity step is allowed (Art. 7(3), 21(3))")
        if self.document.offered == "first" and not (self.stated and self.stated.demands == "document"):
            raise ValueError("expected a stated demand for a document before the document method may come first")
        return self

    @model_validator(mode="after")
    def _means_suffice(self) -> Self:
        for name, means in self.methods.items():
            weak = [one for one in means if one.level < Level[name]]
            if weak:
                raise ValueError(f"expected means that reach {name}; too weak: {', '.join(weak)}")
        return self

    @model_validator(mode="after")
    def _log_ins_fit(self) -> Self:
        ids = [one.id for one in self.log_ins]
        if len({*ids}) < len(ids):
            raise ValueError(f"expected every log-in once; found {', '.join(ids)}")
        for means, offered in ((Means.eid, self.eid.offered), (Means.login, self.login_offered)):
            if offered and not self.log_ins_for(means):
                raise ValueError(f"expected an entry under log_ins with means: {means} before it can be offered")
        for name, listed in self.methods.items():
            if listed and not {*listed} - {Means.eid, Means.login}:
                raise ValueError(f"expected another means beside a log-in at {name}: it is never the only one")
        return self

    def log_ins_for(self, means: Means) -> tuple[LogIn, ...]:
        """The providers by which a person can use this means, in the order of the file."""
        return tuple(one for one in self.log_ins if one.means is means)

    def level_map(self) -> Mapping[Right, Level]:
        """The level of every right, as ``law.identification.required_level`` wants it."""
        return {right: Level[name] for right, name in self.levels.items()}

    def offered(self, right: Right, *, level: Level) -> tuple[Means, ...]:
        """The means offered for ``right`` at ``level``, in order; every one of them suffices alone.

        Where the policy itself demands a document for this right, that method comes first; the lesser proofs that
        suffice always stand beside it (rules, 'How the identity demand of S1 is to be read here').
        """
        listed = next((means for name, means in self.methods.items() if name == level.name), ())
        connected = {Means.eid: self.eid.offered, Means.login: self.login_offered}
        means = tuple(one for one in listed if connected.get(one, True))
        first = self.document.offered == "first" and self.stated is not None and right in self.stated.rights
        if not first or level == Level.L0:
            return means
        return (Means.document, *(one for one in means if one != Means.document))
