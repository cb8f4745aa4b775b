"""What staff want a source to hold instead (Art. 16); what it holds now is read in `holdings`.

The only writer of `Correction`. Nothing here writes a source: `rectification` freezes and carries out.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from connectors.base import Action, Instruction, Record
from fulfilment import ledger
from fulfilment.changing import holdings
from fulfilment.changing.holdings import Holding
from fulfilment.models import Correction
from fulfilment.planning import changes
from fulfilment.planning.fate import mark
from law.reasons import Reason
from requests_app import events
from requests_app.controllers import controller
from requests_app.models import Claim
from requests_app.states import Actor, Stage


class NotNow(Exception):
    """It does not fit: `code` is stage, rows, same, or what a source says of the value; `column` in words."""

    def __init__(self, code: str, column: str = "") -> None:
        super().__init__(code)
        self.code, self.column = code, column


def propose(
    claim: Claim, chosen: holdings.Kind, *, new: str, at: Collection[str], user: Any, now: datetime,
    shown: Collection[str] | None = None,
) -> int:  # fmt: skip
    """Enter the new value once, for what is ticked (`Unit.id`); what was shown and not ticked keeps what it holds.

    `shown`: the units that could be ticked, where that was not all of them. Asks each source whether it would take the
    value. Raises `NotNow`, and then nothing is kept; `ConnectorError`.
    """
    ids = set(at)
    seen = [unit for unit in chosen.units if shown is None or unit.id in shown]
    ticked = [one for unit in seen if unit.id in ids for one in unit.holdings]
    if not ticked or any(one.why_not and not one.by_hand for one in ticked):
        raise NotNow("rows")
    value: str | None = new.strip() or None
    if all(one.text == value for one in ticked):
        raise NotNow("same")
    _would_take(claim, [one for one in ticked if not one.by_hand], value)
    round = ledger.round_of(claim, Stage.REVIEW)
    with transaction.atomic():
        if not Claim.objects.select_for_update().filter(pk=claim.pk, stage=Stage.REVIEW).exists():
            raise NotNow("stage")
        _drop(claim, [one for unit in seen for one in unit.holdings], round)
        Correction.objects.bulk_create([
            Correction(claim=claim, round=round, source=one.source, collection=one.collection, number=one.number,
                       field=one.field, old=one.value, new=value, by_hand=one.by_hand, by=user, at=now)
            for one in ticked
        ])  # fmt: skip
        data = {"count": len(ticked)}
        events.record(claim.case, "correction_proposed", now=now, actor=Actor.STAFF, user=user, claim=claim, data=data)
    return len(ticked)


def forget(claim: Claim, chosen: holdings.Kind, *, user: Any, now: datetime) -> int:
    """Nothing of this kind is to be changed after all. Raises `NotNow`."""
    with transaction.atomic():
        if not Claim.objects.select_for_update().filter(pk=claim.pk, stage=Stage.REVIEW).exists():
            raise NotNow("stage")
        count = _drop(claim, chosen.holdings, ledger.round_of(claim, Stage.REVIEW))
        if count:
            data = {"count": count}
            events.record(
                claim.case, "correction_dropped", now=now, actor=Actor.STAFF, user=user, claim=claim, data=data
            )
    return count


def instructions(
    claim: Claim, wanted: Iterable[Correction]
) -> tuple[list[Instruction], list[tuple[Correction, Record]]]:
    """(one SET a row, each correction with its row as it is now). Raises `NotNow("outdated")` where a value changed.

    What was shown to staff must still be there: else they would overwrite what nobody has seen (Art. 5(1)(d)).
    """
    wanted = list(wanted)
    places: dict[tuple[str, str, int], list[Correction]] = {}
    for one in wanted:
        places.setdefault((one.source, one.collection, one.number), []).append(one)
    now_there = _present(claim, places)
    told, rows = [], []
    for place, mine in places.items():
        record = now_there.get(place)
        for one in mine:
            if record is None or _written(record.fields.get(one.field)) not in (_written(one.old), _written(one.new)):
                raise NotNow("outdated")
            rows.append((one, record))
        values = {one.field: one.new for one in mine if not one.by_hand}
        if values and record is not None:
            told.append(_set(record, values))
    return told, rows


def _written(value: Any) -> str:
    """A value as somebody would type it: 12 in a row is "12" in a form."""
    return "" if value is None else str(value)


def _set(record: Record, values: dict[str, Any]) -> Instruction:
    why = (Reason("decision.granted", "Art. 16 GDPR"),)
    return Instruction(
        record.source, record.collection, record.key, record.fingerprint, Action.SET, reasons=why, values=values
    )


def _present(claim: Claim, places: Collection[tuple[str, str, int]]) -> dict[tuple[str, str, int], Record]:
    """The rows named, as they are now; those without a key as they were collected."""
    found = {
        (one.source, one.collection, number): one
        for number, one in holdings.records(claim)
        if (one.source, one.collection, number) in places
    }
    by_mark: dict[str, list[tuple[str, str, int]]] = {}
    for place, one in found.items():  # rows without a key may be each other's likeness
        by_mark.setdefault(mark(one), []).append(place)
    fresh = changes.present(controller(claim.case.controller), found.values())
    return {place: one for one in fresh for place in by_mark[mark(one)]}


def _would_take(claim: Claim, ticked: list[Holding], value: str | None) -> None:
    """Let each source check the value against its columns before it is kept."""
    told = [_set(one.record, {one.field: value}) for one in ticked]
    for _instruction, finding in changes.would_refuse(controller(claim.case.controller), told):
        label = next((one.label for one in ticked if one.field == finding.column), finding.column)
        raise NotNow(finding.code, label)


def _drop(claim: Claim, without: Iterable[Holding], round: int) -> int:
    names = {one.name for one in without}
    mine = [
        one.pk for one in claim.corrections.filter(round=round)
        if (one.source, one.collection, one.number, one.field) in names
    ]  # fmt: skip
    return Correction.objects.filter(pk__in=mine).delete()[0]
