"""`manage.py due`: every worked example through the command, and every wrong question refused."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

TABLE = Path(__file__).parents[1] / "law" / "data" / "deadlines.json"
ROWS = json.loads(TABLE.read_text("utf-8"))


def due(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    call_command("due", *words, "--json")
    return json.loads(capsys.readouterr().out)


def of_row(row: dict) -> list[str]:
    words = ["--country", row["country"], "--received", row["received"]]
    for asked, answered in row["pauses"]:
        words += ["--pause", f"{asked}:{answered}"]
    return words + (["--extended"] if row["months"] == 3 else [])


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_every_worked_example(row: dict, capsys: pytest.CaptureFixture[str]) -> None:
    answer = due(capsys, *of_row(row))
    assert set(answer) == {"due", "notice_by", "steps"}
    assert answer["due"] == row["due"]
    assert answer["notice_by"] <= answer["due"]
    assert (answer["notice_by"] == answer["due"]) == (row["months"] == 1)
    assert all(set(step) == {"code", "article", "text"} and all(step.values()) for step in answer["steps"])


@pytest.mark.parametrize(
    ("words", "day", "notice_by"),
    [
        # D5, D2, D4 and D7 of the worked examples, and their neighbours in the other countries
        ("--country dk --received 2028-05-05", "2028-06-06", "2028-06-06"),
        ("--country SE --received 2028-05-05", "2028-06-05", "2028-06-05"),
        ("--country NO --received 2028-01-31 --extended", "2028-05-02", "2028-02-29"),
        ("--country NO --received 2026-04-17", "2026-05-18", "2026-05-18"),  # Constitution Day, a Sunday
        ("--country DK --received 2026-04-17", "2026-05-18", "2026-05-18"),
        ("--country NO --received 2027-04-17", "2027-05-18", "2027-05-18"),  # Constitution Day and Whit Monday
        ("--country SE --received 2027-04-17", "2027-05-17", "2027-05-17"),
        ("--country DK --received 2023-04-05", "2023-05-08", "2023-05-08"),  # Store bededag, the last one
        # the day is the local one, whatever the hour: D8
        ("--country DK --received 2026-10-06T22:15Z", "2026-11-09", "2026-11-09"),
        ("--country DK --received 2026-10-06T21:15Z", "2026-11-06", "2026-11-06"),
        ("--country SE --received 2026-11-06T23:47+01:00", "2026-12-07", "2026-12-07"),
        ("--country SE --received 2026-11-06T23:47", "2026-12-07", "2026-12-07"),  # the time on the wall there
        # D11 with the day the extension was told
        ("--country DK --received 2026-07-20 --pause 2026-07-21:2026-08-03 --extended 2026-09-02",
         "2026-11-02", "2026-09-02"),
        # an open question, and the order of two questions
        ("--country SE --received 2026-11-02 --pause 2026-11-04: --today 2026-11-16", "2026-12-14", "2026-12-14"),
        ("--country SE --received 2026-11-02 --pause 2026-11-10:2026-11-12 --pause 2026-11-04:2026-11-06",
         "2026-12-07", "2026-12-07"),
    ],
)  # fmt: skip
def test_more_examples(words: str, day: str, notice_by: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = due(capsys, *words.split())
    assert (answer["due"], answer["notice_by"]) == (day, notice_by)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("--country FI --received 2026-07-20", "--country: found 'FI'; expected one of DK, SE, NO"),
        ("--country DK --received 2026-02-30", "--received: found '2026-02-30'"),
        ("--country DK --received 20-07-2026", "--received: found '20-07-2026'"),
        ("--country DK --received 2026-07-20T25:00", "a date-time such as"),
        ("--country DK --received 2026-07-20 --pause 2026-07-21..2026-08-03", "two days such as 2026-07-21:2026-08-03"),
        ("--country DK --received 2026-07-20 --pause 2026-07-19:2026-08-03", "nothing is asked before"),
        ("--country DK --received 2026-07-20 --pause 2026-08-03:2026-07-21", "nothing is answered before"),
        ("--country DK --received 2026-07-20 --pause 2026-07-21", "--pause: found '2026-07-21'"),
        ("--country DK --received 2026-07-20 --pause 2026-07-21:", "or --today"),
        ("--country DK --received 2026-07-20 --today 2026-07-19", "lies ahead of 2026-07-19"),
        ("--country DK --received 2026-07-20 --pause 2026-07-21:2026-08-03 --today 2026-08-01",
         "lies ahead of 2026-08-01"),
        ("--country NO --received 2026-11-30 --extended 2026-12-31", "to 2026-12-30: told later"),  # D9
        ("--country NO --received 2026-11-30 --extended 2026-11-29", "a day from 2026-11-30"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused_with_field_found_and_expected(words: str, named: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("due", *words.split())
    assert refused.value.returncode == 2
    assert named in str(refused.value) and "expected" in str(refused.value)


def test_the_steps_are_told_in_words_and_in_the_language_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("due", "--country", "DK", "--received", "2026-01-31", "--extended", "--language", "da")
    printed = capsys.readouterr().out
    assert printed.startswith("due: 2026-04-30\nnotice_by: 2026-03-02\n")
    assert "den 28. april 2026" in printed  # the chained date, for whoever wants to be safe


def test_the_min_rule_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    row = next(row for row in ROWS if row["id"] == "D12-pause-feb")
    steps = {step["code"]: step["text"] for step in due(capsys, *of_row(row))["steps"]}
    assert "13 March 2027" in steps["deadline.paused"]
    assert "10 March 2027" in steps["deadline.restarted"]


def test_a_day_later_is_never_due_earlier(capsys: pytest.CaptureFixture[str]) -> None:
    day, last = date(2026, 12, 20), ""
    for _ in range(20):
        found = due(capsys, "--country", "NO", "--received", day.isoformat())["due"]
        assert found >= last
        day, last = day + timedelta(days=1), found
