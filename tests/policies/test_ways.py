"""The examples of docs/add-a-company.md for sources that are no database load and are whole; wrong ones are refused."""

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from policies.check import problems
from policies.load import load_controller
from policies.sources import Source
from tests.fulfilment.added import add

ROOT = Path(__file__).resolve().parents[2]
GIVEN = {"dataset": "x", "name": {"en": "X"}}


@pytest.mark.parametrize("source", ["archive", "mailbox"])
def test_the_example_is_sound(source: str, tmp_path: Path) -> None:
    folder = tmp_path / "aj-dk"
    shutil.copytree(ROOT / "controllers" / "aj-dk", folder)
    before = len(problems(load_controller(folder)))
    add(folder, source)
    ours = load_controller(folder)
    assert len(problems(ours)) == before
    assert ours.sources[source].seen_to_by is not None


def test_a_person_has_an_owner_and_no_address() -> None:
    person = {"owner": "a@example.com"}
    assert Source.model_validate(GIVEN | {"connector": "person", "person": person}).seen_to_by.days == 7
    for wrong in (
        {"connector": "person"}, {"connector": "person", "person": person, "url_env": "X"},
        {"connector": "person", "person": {"owner": "nobody"}}, {"connector": "sql", "url_env": "X", "person": person},
        {"connector": "person", "person": person, "owner": person},
        {"connector": "person", "person": person | {"days": 30}},
        {"connector": "mailbox", "url_env": "X", "mailbox": {"headers": ["body"]}},
        {"connector": "mailbox", "url_env": "X", "mailbox": {"own": ["example.com"]}},
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            Source.model_validate(GIVEN | wrong)
