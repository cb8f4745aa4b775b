"""How a source is told (Art. 7(3), 16, 18, 21): what the map may say, and what it is refused for."""

from pathlib import Path

import pytest

from policies import check
from policies.columns import correctable
from policies.load import BUILT_IN, Controller, load_controller
from policies.sources import MARKS, MarkName
from tests.policies.conftest import Change, line_of, refused

SOURCES = "sources.yaml"
STOP = ("stop_marketing: {set: {no_marketing_since: $today}, when: {no_marketing_since: null}, "
        "covers: [preferences, orders]}")
SLUGS = ("aarstiderne", "aj-dk", "aj-se", "ajos", "ajour")

# (what, what the mark becomes, field within the collection, found, expected), all in aj-dk's shop.customers
ALONE = [
    ("a word nobody knows", "stop_marketing: {set: {no_marketing_since: $yesterday}}", "stop_marketing",
     "a mapping with set", "$today or $now for no_marketing_since, not $yesterday"),
    ("a moving first date", "stop_marketing: {set: {no_marketing_since: $today}}", "stop_marketing",
     "a mapping with set", "'when' to name no_marketing_since: set a second time, its first date would be lost"),
    ("a condition that is already met", "stop_marketing: {set: {id: 1}, when: {id: 1}}", "stop_marketing",
     "a mapping with set, when", "'when' to hold the value id has before it is marked, not 1"),
    ("a word in a condition", "stop_marketing: {set: {id: 1}, when: {id: $now}}", "stop_marketing",
     "a mapping with set, when", "a plain value: $today and $now belong under 'set' and 'lift' for id, not $now"),
    ("a lift of something else", "object: {set: {objected_on: 1}, lift: {restricted_on: null}}", "object",
     "a mapping with set, lift", "'lift' to name the columns of 'set': objected_on"),
    ("a restriction without end", "restrict: {set: {restricted_on: true}}", "",
     "a mapping with kind", "'lift' in restrict: what it stops may begin again (Art. 18(3), 21(1))"),
    ("a mark that sets nothing", "stop_marketing: {set: {}}", "stop_marketing.set", "a mapping with nothing in it",
     "at least 1 item"),
    ("a misspelt key", "stop_marketing: {sets: {id: 1}}", "stop_marketing.sets", "the unknown key sets",
     "(did you mean set?)"),
]  # fmt: skip
# (what, what the mark becomes, field within the collection, found, expected): against the dataset
AGAINST = [
    ("an unknown column", "stop_marketing: {set: {no_marketing_sinse: true}}", "stop_marketing.set.no_marketing_sinse",
     "no_marketing_sinse", "a column of the dataset (did you mean no_marketing_since?)"),
    ("an unknown column in a condition", "stop_marketing: {set: {company: x}, when: {compani: null}}",
     "stop_marketing.when.compani", "compani", "a column of the dataset (did you mean company?)"),
    ("a key", "stop_marketing: {set: {id: 0}}", "stop_marketing.set.id",
     "id, which addresses rows, ties them to others or opens a door", "a column that may take another value"),
    ("a table of another source", "stop_marketing: {set: {company: x}, covers: [subscribers]}",
     "stop_marketing.covers.0", "subscribers", "another collection of the same source"),
    ("a key to be corrected", "correctable: [name, id]", "correctable.1",
     "id, which addresses rows, ties them to others or opens a door", "a column that may take another value"),
    ("a correction of no column", "correctable: [nam]", "correctable.0", "nam", "(did you mean name?)"),
]  # fmt: skip


@pytest.fixture(params=SLUGS)
def controller(request: pytest.FixtureRequest) -> Controller:
    return load_controller(BUILT_IN / request.param)


@pytest.mark.parametrize(("new", "field", "found", "expected"), [case[1:] for case in ALONE],
                         ids=[case[0] for case in ALONE])
def test_a_mark_wrong_in_itself(company: Change, new: str, field: str, found: str, expected: str) -> None:
    home = company("aj-dk", {STOP: "stop_marketing: null"}, file=SOURCES)
    text = (home / SOURCES).read_text()
    for line in text.splitlines():
        if line.strip().startswith(new.split(":")[0] + ":"):
            text = text.replace(line, "        " + new, 1)
            break
    (home / SOURCES).write_text(text)
    where = "sources.shop.collections.customers" + (f".{field}" if field else "")
    problem = next(one for one in refused(home) if one.field == where)
    assert problem.found.startswith(found)
    assert expected in problem.expected
    assert problem.line == line_of(home, new if field else "      customers:", file=SOURCES)


@pytest.mark.parametrize(("new", "field", "found", "expected"), [case[1:] for case in AGAINST],
                         ids=[case[0] for case in AGAINST])
def test_a_mark_the_dataset_cannot_take(company: Change, new: str, field: str, found: str, expected: str) -> None:
    home = company("aj-dk", {STOP: new}, file=SOURCES)
    problem, = check.problems(load_controller(home))
    assert problem.field == f"sources.shop.collections.customers.{field}"
    assert problem.found == found
    assert expected in problem.expected
    assert problem.line == line_of(home, new, file=SOURCES)


@pytest.mark.parametrize(("kind", "value", "fits"), [
    ("boolean", "true", True), ("boolean", "1", False), ("boolean", "$today", False), ("integer", "1", True),
    ("integer", "true", False), ("integer", "$today", False), ("string", "$today", True), ("string", "1", False),
    ("string", "null", True),
])  # fmt: skip
def test_a_value_has_the_type_the_dataset_names(company: Change, kind: str, value: str, fits: bool) -> None:
    column = "          - name: no_marketing_since\n            data_categories: [user.privacy_preferences]\n"
    company("aj-dk", {column: f"{column}            fides_meta: {{data_type: {kind}}}\n"}, file="datasets/shop.yaml")
    when = ", when: {no_marketing_since: null}" if value.startswith("$") else ""
    new = f"stop_marketing: {{set: {{no_marketing_since: {value}}}{when}}}"
    home = company("aj-dk", {STOP: new}, file=SOURCES)
    found = check.problems(load_controller(home))
    assert bool(found) is not fits, found
    assert fits or "as the dataset says" in found[0].expected


def test_a_table_without_a_key_takes_no_mark(company: Change) -> None:
    home = company("aj-dk")
    text = (home / SOURCES).read_text()
    start = text.index("      web_log:\n")
    place = text.index("        erase: row\n", start)
    (home / SOURCES).write_text(f"{text[:place]}        stop_marketing: {{set: {{path: '-'}}}}\n{text[place:]}")
    assert "names no primary key" in check.problems(load_controller(home))[0].found


def test_marketing_is_stopped_wherever_it_runs(controller: Controller) -> None:
    """Art. 21(3): every table kept for direct marketing is told, or covered by one that is."""
    marketing = {one.id for one in controller.policy.purposes if one.direct_marketing}
    newsletter = {"subscribers", "consents", "leads", "prospects", "fair_signups"}
    for source, name, collection in controller.collections():
        told = collection.stop_marketing or _covered(controller, source, name, "stop_marketing")
        if name in newsletter or (marketing & {*collection.purposes} and collection.kind in ("profile", "contact")):
            assert told, (source, name)
    consents = [one for _, name, one in controller.collections() if name == "consents"]
    assert all(one.withdraw_consent for one in consents)
    assert any(one.withdraw_consent for _, _, one in controller.collections())


def test_some_sources_must_be_restricted_by_hand(controller: Controller) -> None:
    restricting = {source for source, _, one in controller.collections() if one.restrict}
    assert restricting and restricting < {*controller.sources}


def test_what_may_be_corrected(controller: Controller) -> None:
    for source, name, collection in controller.collections():
        free = correctable(controller, source, name)
        marked = {column for word in MARKS if (mark := collection.mark(word)) for column in mark.columns}
        assert not marked & {*free}
        assert not {"id", "password_hash", "customer_id"} & {*free}
        assert name != "customers" or {"name", "phone"} <= {*free}


def test_the_map_says_what_may_be_corrected(company: Change) -> None:
    one = load_controller(company("aj-dk", {STOP: "correctable: [phone, name]"}, file=SOURCES))
    assert correctable(one, "shop", "customers") == ("name", "phone")


def _covered(controller: Controller, source: str, name: str, word: MarkName) -> bool:
    marks = (one.mark(word) for one in controller.sources[source].collections.values())
    return any(mark and name in mark.covers for mark in marks)


def test_a_recipient_is_told_one_way(company: Change) -> None:
    def wrong(notify: str) -> str:
        home = company("aj-dk")
        text = (BUILT_IN / "aj-dk" / "policy.yaml").read_text()
        old = "notify: {demo: transport.aj-dk@example.org, confirm: true}"
        (Path(home) / "policy.yaml").write_text(text.replace(old, f"notify: {notify}"))
        return "; ".join(one.expected for one in refused(home))

    assert "text of the form" in wrong("{email: transport}")
    assert "DSAR_RECIPIENT_" in wrong("{webhook_env: 'https://transport.example/hook'}")
    assert "not both: one notice goes one way" in wrong("{email: a@example.org, webhook_env: DSAR_RECIPIENT_A}")
    assert "leave out 'notify' where a person tells them" in wrong("{confirm: true}")


def test_a_demo_address_is_used_in_the_demo_only(controller: Controller) -> None:
    told = [one.notify for one in controller.policy.recipients if one.notify]
    assert told
    for notify in told:
        assert notify.address() is None and notify.webhook_env is None
        assert (notify.address(demo=True) or "").endswith("@example.org")


def test_backups_are_told_or_asked(company: Change) -> None:
    old = "backups: {status: required_config, issue: backups}"
    said = "{keep: P30D, text: {da: Efter 30 dage., en: After 30 days.}, confirm: true}"
    asked = load_controller(BUILT_IN / "aj-dk").policy
    told = load_controller(company("aj-dk", {old: f"backups: {said}"})).policy
    assert "backups" in {one.id for one in asked.questions()}
    assert "backups" not in {one.id for one in told.questions()}
    assert "'text' beside 'keep'" in refused(company("aj-dk", {said: "{keep: P30D, confirm: true}"}))[0].expected


def test_practice_settles_a_standing_question(company: Change) -> None:
    old = "backups: {status: required_config, issue: backups}\n"
    text = "practice: {fee: {text: {da: Gratis., en: Free.}, confirm: true}}\n"
    told = load_controller(company("aj-dk", {old: old + text}))
    assert not check.problems(told)
    assert "fee" not in {one.id for one in told.policy.questions()}
    assert "children" in {one.id for one in told.policy.questions()}


def test_what_blocks_an_answer() -> None:
    one = load_controller(BUILT_IN / "aj-dk")
    assert {"S0-Q2", "S0-Q3"} <= {question.id for question in check.blocking(one, "access")}
    assert check.blocking(one, "access") == check.blocking(one, "portability")
    assert {question.id for question in check.blocking(one, "erasure")} == {"S0-Q1", "S0-Q5"}
    assert not check.blocking(one, "rectification")
    assert {question.id for question in check.blocking(load_controller(BUILT_IN / "ajos"), "objection")} == {"S2-I3"}
