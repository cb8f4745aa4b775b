"""A random table with random rules, gone through row by row and by sets: both must leave the same and tell the same."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from fideslang.models import Dataset

from connectors.base import SourcePlan
from connectors.sql import address
from connectors.sql.connector import SqlConnector
from connectors.values import canonical, sha256
from fulfilment.routine import planning, sets, verdicts
from fulfilment.routine.pages import Floor
from law.retention import Rule
from law.rules import Derive
from policies.load import Controller, load_controller
from policies.sources import CollectionMap, Source

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example" / "fjordsykler"
ON = date(2026, 12, 1)
PLACE = ("shop", "vouchers")
COLUMNS = {
    "a": "DATE", "b": "DATETIME", "c": "TEXT", "who": "VARCHAR(9)", "owes": "NUMERIC(10, 2)", "held": "BOOLEAN",
    "years": "INTEGER", "name": "VARCHAR(80)", "mail": "VARCHAR(80) NOT NULL", "note": "TEXT",
}  # fmt: skip
SERVERS = {"postgresql": {"b": "TIMESTAMPTZ", "c": "DATE"}, "mariadb": {"c": "DATE"}, "sqlite": {}}
FACTS = {"a": "invoice_date", "b": "delivered", "c": "paid", "owes": "open_balance", "held": "open_case"}
KEYS = ["id INTEGER PRIMARY KEY", "id VARCHAR(40) PRIMARY KEY", "id INTEGER, part INTEGER, PRIMARY KEY (id, part)"]
DAYS = ("invoice_date", "delivered", "paid", "warranty_end")


@dataclass(frozen=True)
class Case:
    """One seed: the rules, the map of the table, its rows, and which of them somebody has asked for."""

    company: Controller
    table: str
    rows: list[tuple[Any, ...]]
    held: set[str]


def case(seed: int, *, on: str = "sqlite") -> Case:
    """`on`: the kind of database; in SQLite days are text, too, and in PostgreSQL moments know their zone."""
    dice = random.Random(seed)
    facts = {name: FACTS[name] for name in FACTS if dice.random() < 0.4}
    if not facts.keys() & set("abc"):
        facts |= {"a": "invoice_date"}
    named: dict[str, Any] = {fact: column for column, fact in facts.items()}
    if dice.random() < 0.3:
        named["warranty_period"] = {"column": "years", "unit": "years"}
    key = dice.choice(KEYS)
    parts = ("id", "part") if "part" in key else ("id",)
    kinds = dice.random() < 0.2
    collection = CollectionMap.model_validate({
        "kind": "invoice", "purposes": ["purchase"], "origin": "provided", "label": {"en": "x", "nb": "x"},
        "facts": named, "erase": dice.choice(["row", "fields"]), "keep_fields": ["id", "a"],
        "subject": dice.choice([None, {"is": "consumer"},
                                {"column": "who", "values": {"P": "consumer", "E": "business_contact"}}]),
        "fields": {"mail": {"label": {"en": "x", "nb": "x"}, "kind": "email"}} if kinds else {},
    })  # fmt: skip
    unmapped = {"note"} if dice.random() < 0.3 else set()
    personal = {"name", *(() if dice.random() < 0.5 else ("mail",)), *(("note",) if not unmapped else ()),
                *((dice.choice("ab"),) if dice.random() < 0.3 else ())}  # fmt: skip
    fields = [{"name": name, "fides_meta": {"primary_key": True}} for name in parts]
    fields += [{"name": name, "data_categories": ["user.name"] if name in personal else ["system.operations"]}
               for name in COLUMNS if name not in unmapped]  # fmt: skip
    dataset = Dataset.model_validate({"fides_key": "shop", "collections": [{"name": "vouchers", "fields": fields}]})
    source = Source.model_validate({"dataset": "shop", "name": {"en": "x", "nb": "x"}, "url_env": "X"})
    rules = _rules(dice, named)
    policy = SimpleNamespace(law_rules=lambda: rules, fiscal_year_end=dice.choice(["12-31", "06-30", "02-28"]))
    company = replace(load_controller(EXAMPLE), policy=policy,  # type: ignore[arg-type]
                      sources={"shop": source.model_copy(update={"collections": {"vouchers": collection}})},
                      datasets={"shop": dataset})  # fmt: skip
    ddl = ", ".join([key.split(", PRIMARY")[0], *(f"{name} {kind}" for name, kind in (COLUMNS | SERVERS[on]).items())])
    ddl += ", PRIMARY KEY (id, part)" if "part" in key else ""
    rows = [_row(dice, number, parts, text="VARCHAR" in key, lite=on == "sqlite") for number in range(160)]
    marks = (sha256(canonical([*PLACE, dict(zip(parts, row, strict=False))])) for row in rows)
    held = {mark for mark in marks if dice.random() < 0.1} if dice.random() < 0.6 else set()
    return Case(company, f"CREATE TABLE vouchers ({ddl})", rows, held)


def _rules(dice: random.Random, facts: Mapping[str, Any]) -> tuple[Rule, ...]:
    days = [name for name in DAYS if name in facts]
    days += ["warranty_end"] if "delivered" in facts else []
    return tuple(_rule(dice, number, days) for number in range(dice.choice([1, 1, 2, 3])))


def _rule(dice: random.Random, number: int, days: list[str]) -> Rule:
    trigger = tuple(dice.sample(days, min(len(days), dice.choice([1, 1, 2]))))
    if dice.random() < 0.1:
        trigger = tuple(dice.sample(DAYS, 2))
    capped = dice.random() < 0.2
    return Rule(
        f"r{number}", dice.choice([("invoice",), ("invoice",), ("invoice", "email"), ("invoice", "email"), ("*",)]),
        subjects=dice.choice([(), (), ("consumer",), ("business_contact",)]),
        period=dice.choice(["P2Y", "P13M", "P5Y", "P30D", "P3Y6M", "P1Y", "P3Y", "P1M", None]), trigger=trigger,
        every=dice.random() < 0.3, rounding=dice.choice(["none", "calendar_year_end", "fiscal_year_end"]),
        cap_period="P4Y" if capped else None, cap_trigger=dice.choice(days) if capped else None,
        action=dice.choice(["erase", "erase", "anonymise"]), monthly=dice.random() < 0.3,
        holds=tuple(dice.sample(["open_balance", "open_case"], dice.choice([0, 1, 2]))),
        status=dice.choice(["stated", "stated", "statute"]), legal_duty="§", keep_suppression=dice.random() < 0.1,
        without=("paid",) if dice.random() < 0.1 else (),
        derive=(Derive("warranty_end", "delivered", "P2Y"),) if dice.random() < 0.3 else (),
    )  # fmt: skip


def _row(dice: random.Random, number: int, parts: tuple[str, ...], *, text: bool, lite: bool) -> tuple[Any, ...]:
    key = (f"v-{number % 7}-{number}é" if text else number,) if len(parts) == 1 else (number // 5, number % 5)
    erased = dice.random() < 0.1
    moment = f"{_day(dice)}{dice.choice([' ', 'T'] if lite else [' '])}{dice.choice(['00:00:00', '23:59:59'])}"
    return (
        *key, _maybe(dice, _day(dice)), _maybe(dice, moment), _maybe(dice, _day(dice)),
        dice.choice(["P", "E", "P", "E", "p", "X", None]), dice.choice([0, 0, 0, 0.0, 12.5, -3, None]),
        dice.choice([False, False, False, True, None]), dice.choice([1, 2, 2, None]),
        None if erased else dice.choice(["Kari", "Åse", "", None]),
        "erased" if erased else dice.choice(["k@x.no", "", "x"]),
        dice.choice([None, None, None, "", "ring"]),
    )  # fmt: skip


def _maybe(dice: random.Random, value: str) -> str | None:
    return None if dice.random() < 0.1 else value


def _day(dice: random.Random) -> str:
    """Near where periods end, at the ends of months and years, on leap days, in the future."""
    years = dice.choice([1, 2, 3, 5, 6, 10])
    near = ON.replace(year=ON.year - years) + timedelta(dice.randint(-3, 3))
    year = dice.randint(2012, 2028)
    edges = [date(year, 12, 31), date(year, 1, 1), date(year, 7, 1), date(2020, 2, 29), date(2024, 2, 29), near, near]
    return dice.choice([*edges, date(year, 1, 1) + timedelta(dice.randint(0, 364))]).isoformat()


def _made(url: str, one: Case) -> sa.Engine:
    engine = sa.create_engine(address.parse(url, source="shop"), poolclass=sa.pool.NullPool)
    with engine.begin() as database:
        database.exec_driver_sql("DROP TABLE IF EXISTS vouchers")
        database.exec_driver_sql(one.table)
        names = [f"v{number}" for number in range(len(one.rows[0]))]
        insert = sa.text(f"INSERT INTO vouchers VALUES ({', '.join(f':{name}' for name in names)})")
        database.execute(insert, [dict(zip(names, row, strict=True)) for row in one.rows])
    return engine


@dataclass(frozen=True)
class Left:
    """What a way left behind: every row, and what the report says. `lanes`: the ways it went in the end."""

    rows: list[tuple[Any, ...]]
    counts: list[dict[str, Any]]
    lanes: set[str]


def passed(url: str, one: Case, lane: str) -> Left:
    """The whole table, made anew, by this lane: looked through, then carried out."""
    engine = _made(url, one)
    with SqlConnector("shop", url=url, dataset=one.company.datasets["shop"]) as connector:
        floor = Floor(one.company, {"shop": connector})
        counts, bodies, ways, after = [], [], set(), None
        while True:
            page = planning.look(floor, lane, PLACE, after=after, on=ON, held=one.held, alive=lambda: None)
            lane, after = page.lane, page.after
            ways.add(lane)
            counts.append(page.counts)
            bodies.append(page.body)
            if after is None:
                break
        for body in bodies:
            do(floor, body, held=one.held)
    with engine.connect() as database:
        rows = sorted((tuple(row) for row in database.exec_driver_sql("SELECT * FROM vouchers")), key=repr)
    return Left(rows, verdicts.added(counts), ways)


def do(floor: Floor, body: Mapping[str, Any], *, held: set[str]) -> None:
    if "lot" in body:
        done = sets.carry_out(floor, PLACE, body, held=held, again=False)
        assert len(done) == len(sets.read(body))
    for plan in body.get("plans", ()):
        list(floor.connectors["shop"].execute(SourcePlan.from_json(plan)))
