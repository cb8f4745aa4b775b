"""How a source is told to stop: which rows are marked, which bear the mark, which a person must see to."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.base import Action, Record
from connectors.values import fingerprint
from fulfilment.planning import marking
from policies.load import BUILT_IN, load_controller
from policies.sources import Mark

NEW_YEAR = datetime(2026, 12, 31, 23, 30, 5, 123, tzinfo=UTC)  # in Copenhagen it is the first of January
MARKS = {
    ("shop", "customers"): {
        "restrict": Mark(set={"restricted_on": "$today"}, lift={"restricted_on": None}, when={"restricted_on": None},
                         covers=("preferences",)),
        "stop_marketing": Mark(set={"marketing": False}),
    },  # fmt: skip
    ("marketing", "subscribers"): {
        "stop_marketing": Mark(set={"unsubscribed_on": "$today"}, when={"unsubscribed_on": None}),
        "withdraw_consent": Mark(set={"asked_at": "$now", "asked": 1}, when={"asked_at": None}),
    },
}


@pytest.fixture
def ours():
    """AJ Produkter A/S, marked in two tables of two systems and nowhere else."""
    real = load_controller(BUILT_IN / "aj-dk")
    none = dict.fromkeys(("restrict", "stop_marketing", "withdraw_consent", "object"))
    sources = {
        name: source.model_copy(update={"collections": {
            table: mapped.model_copy(update=none | MARKS.get((name, table), {}))
            for table, mapped in source.collections.items()
        }})
        for name, source in real.sources.items()
    }  # fmt: skip
    return replace(real, sources=sources)


def row(place, *, key=True, shared=False, **fields):
    source, collection = place.split("/")
    fields = {"id": 7, **fields}
    return Record(source, collection, {"id": 7} if key else None, fields, ("way",), shared, (), fingerprint(fields))


def test_a_row_is_written_only_where_it_is_not_marked(ours):
    rows = [row("shop/customers", restricted_on=None), row("shop/customers", restricted_on="2026-01-05")]
    marked = marking.instructions(rows, ours, mark="restrict", now=NEW_YEAR)
    (told,) = marked.instructions
    assert told.action == Action.SET and told.values == {"restricted_on": "2027-01-01"}
    assert told.fingerprint == rows[0].fingerprint
    assert (marked.already, marked.places) == (1, {("shop", "customers")}) and not marked.unmarkable


def test_lifting_writes_only_where_the_mark_stands(ours):
    rows = [row("shop/customers", restricted_on=None), row("shop/customers", restricted_on="2026-01-05")]
    marked = marking.instructions(rows, ours, mark="lift", now=NEW_YEAR)
    assert [told.values for told in marked.instructions] == [{"restricted_on": None}] and marked.already == 1
    assert not marking.instructions(rows, ours, mark="unobject", now=NEW_YEAR).instructions


@pytest.mark.parametrize(("held", "already"), [(0, 1), (False, 1), ("False", 1), (1, 0), (True, 0), (None, 0)])
def test_a_flag_is_read_as_the_database_writes_it(ours, held, already):
    assert marking.instructions([row("shop/customers", marketing=held)], ours, mark="stop_marketing",
                                now=NEW_YEAR).already == already  # fmt: skip


def test_two_marks_on_one_row_are_one_instruction(ours):
    """The second of two would find another row than the one it was made for."""
    wanted = row("marketing/subscribers", unsubscribed_on=None, asked=0, asked_at=None)
    marked = marking.instructions([wanted], ours, mark=("stop_marketing", "withdraw_consent"), now=NEW_YEAR)
    (told,) = marked.instructions
    assert told.values == {"unsubscribed_on": "2027-01-01", "asked_at": "2026-12-31T23:30:05+00:00", "asked": 1}
    half = row("marketing/subscribers", unsubscribed_on="2026-05-01", asked=0, asked_at=None)
    marked = marking.instructions([half], ours, mark=("stop_marketing", "withdraw_consent"), now=NEW_YEAR)
    assert set(marked.instructions[0].values) == {"asked_at", "asked"}


def test_what_is_somebody_elses_too_or_has_no_key_is_left_to_a_person(ours):
    rows = [row("shop/customers", shared=True, marketing=1), row("shop/customers", key=False, marketing=1)]
    marked = marking.instructions(rows, ours, mark="stop_marketing", now=NEW_YEAR)
    assert not marked.instructions and marked.unmarkable == {("shop", "customers"): 2}


def test_a_table_without_words_is_covered_where_the_map_says_so_and_the_covering_row_is_marked(ours):
    profile, account = row("shop/preferences"), row("erp/accounts")
    alone = marking.instructions([profile, account], ours, mark="restrict", now=NEW_YEAR)
    assert alone.unmarkable == {("shop", "preferences"): 1, ("erp", "accounts"): 1}
    both = marking.instructions([profile, account, row("shop/customers", restricted_on=None)], ours,
                                mark="restrict", now=NEW_YEAR)  # fmt: skip
    assert both.unmarkable == {("erp", "accounts"): 1}
    stranger = row("shop/customers", shared=True, restricted_on=None)
    assert ("shop", "preferences") in marking.instructions([profile, stranger], ours, mark="restrict",
                                                           now=NEW_YEAR).unmarkable  # fmt: skip
    # Marketing is no business of the accounts; preferences are used for it (individualised offers).
    assert marking.instructions([profile, account], ours, mark="stop_marketing", now=NEW_YEAR).unmarkable == {
        ("shop", "preferences"): 1
    }
    assert marking.instructions([row("shop/unknown")], ours, mark="object", now=NEW_YEAR).unmarkable


def test_a_caller_can_limit_which_tables_are_meant(ours):
    rows = [row("marketing/subscribers", unsubscribed_on=None, asked=0)]
    marked = marking.instructions(rows, ours, mark=("stop_marketing", "withdraw_consent"), now=NEW_YEAR,
                                  only=lambda table, name: name == "stop_marketing")  # fmt: skip
    assert set(marked.instructions[0].values) == {"unsubscribed_on"}
