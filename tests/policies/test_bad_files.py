"""A wrong file is refused with its line, what was found and what was expected."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.load import BUILT_IN, load_controller
from policies.marks import read
from policies.problems import PolicyError
from policies.read import read_model
from policies.schema import ControllerPolicy
from tests.policies.conftest import Change, line_of, refused

# (what it is about, text in ajour/policy.yaml, what it becomes, field, found, expected)
LOG_IN = ("id: bankid, means: eid, name: {nb: BankID, en: BankID}, server_url: 'https://id.example.org', "
          "client_id_env: DSAR_LOG_IN_X_ID, acr_values: ['urn:bankid:bid'], match: {name: name, birth_date: birthdate}")
BAD_LOG_INS = [
    ("a national number", "name: name,", "name: name, customer_no: dk.cpr,", "", "a mapping with id, means",
     "no national number (never asked for, never kept): dk.cpr"),
    ("the secret of something else", "DSAR_LOG_IN_X_ID", "SECRET_KEY", ".client_id_env", "'SECRET_KEY'",
     "DSAR_LOG_IN_"),
    ("an open line", "https:", "http:", ".server_url", "'http://id.example.org'", "an https address"),
    ("no strength", "acr_values: ['urn:bankid:bid']", "acr_values: []", "", "a mapping with id, means",
     "acr_values for a national eID"),
    ("a date of birth alone", "{name: name, birth_date", "{birth_date", "", "a mapping with id, means",
     "a date of birth alone proves nothing"),
]
BAD = [
    ("a bare NO", 'country: "NO"  ', "country: NO  ", "country", "NO, which YAML reads as false",
     'text in quotes: "NO"'),
    ("a wrong country", 'country: "NO"  ', "country: NL  ", "country", "'NL'", "one of DK, SE, NO"),
    ("an unknown key", "display_name: Ajour\n", "display_nam: Ajour\n", "display_nam", "the unknown key display_nam",
     "(did you mean display_name?)"),
    ("a number for text", 'version: "1.0"', "version: 1.0", "policy.version", "1.0", 'text: write "1.0" in quotes'),
    ("a number for a phone", 'value: "4060 5600"', "value: 40605600", "channels.1.value", "40605600",
     'text: write "40605600" in quotes'),
    ("text for a list", "languages: [nb, en]", "languages: nb", "languages", "'nb'", "a list"),
    ("an unknown language", "languages: [nb, en]", "languages: [no, en]", "languages.0",
     "no, which YAML reads as false", 'text in quotes: "no"'),
    ("a language we do not speak", "languages: [nb, en]", "languages: [nn, en]", "languages.0", "'nn'",
     "one of da, sv, nb, en"),
    ("a broken check digit", "917 899 142", "917 899 143", "reg_no", "a mapping with type, value",
     "a organisasjonsnummer whose check digit is right, not 917 899 143"),
    ("a bad time zone", "Europe/Oslo", "Europe/Olso", "tz", "'Europe/Olso'", "a time zone such as Europe/Copenhagen"),
    ("a day that does not exist", '"12-31"', '"02-30"', "fiscal_year_end", "'02-30'",
     'the month and day a financial year ends on, such as "12-31"'),
    ("a bad period", "period: P3Y6M", "period: 3Y6M", "retention.5.period", "'3Y6M'",
     "an ISO 8601 period such as P5Y, P13M, P30D or PT0S"),
    ("a period nobody stated", "    period: P3Y6M\n", "    period: null\n", "retention.5", "a mapping with id, text",
     "a period, or status: required_config where the policy states none"),
    ("a period from nothing", "    from: [document_date]\n", "", "retention.5", "a mapping with id, text",
     "'from': the event the period runs from"),
    ("a source line that is none", 'src: "S4:46"', 'src: "line 46"', "retention.1.src", "'line 46'",
     "a source line such as S1:50 or S1:50,52-54"),
    ("a wrong action", "    action: erase\n", "    action: delete\n", "retention.0.action", "'delete'",
     "one of erase, anonymise"),
    ("an unknown right", "  objection: {src", "  objecting: {src", "rights.objecting", "'objecting'",
     "(did you mean objection?)"),
    ("an unknown means", "L2: [control_question, eid]", "L2: [control_question, faxx]", "identity.methods.L2.1",
     "'faxx'", "one of email_link"),
    ("a means too weak for its level", "L2: [control_question, eid]", "L2: [email_link]", "identity",
     "a mapping with stated, levels", "means that reach L2; too weak: email_link"),
    ("an identity step for unsubscribing", "withdraw_consent: L0", "withdraw_consent: L1", "identity",
     "a mapping with stated, levels", "L0 for withdraw_consent: no identity step is allowed (Art. 7(3), 21(3))"),
    ("a document first that no policy demands", "offered: on_doubt", "offered: first", "identity",
     "a mapping with stated, levels", "a stated demand for a document before the document method may come first"),
    ("an eID nobody connected", "eid: {scheme: BankID, offered: false}", "eid: {scheme: BankID, offered: true}",
     "identity", "a mapping with stated, levels", "an entry under log_ins with means: eid before it can be offered"),
    ("a log-in as the only way", "L2: [control_question, eid]", "L2: [eid]", "identity",
     "a mapping with stated, levels", "another means beside a log-in at L2: it is never the only one"),
    *((f"a log-in with {what}", "  eid: {scheme", f"  log_ins: [{{{LOG_IN.replace(old, new)}}}]\n  eid: {{scheme",
       f"identity.log_ins.0{field}", found, expected) for what, old, new, field, found, expected in BAD_LOG_INS),
    ("a link that lives too long", "link_days: 7", "link_days: 30", "delivery.link_days", "30",
     "input should be less than or equal to 14"),
    ("a yes that is not true", "attach_encrypted: false", 'attach_encrypted: "maybe"', "delivery.attach_encrypted",
     "'maybe'", "input should be a valid boolean"),
    ("an empty text", 'nb: "Bokføring",', 'nb: "",', "purposes.2.name.nb", "''",
     "string should have at least 1 character"),
    ("a bad date", "date: 2022-04-05", "date: 5 April", "policy.date", "'5 April'", "a"),
    ("identity that nobody must confirm", "  eid: {scheme: BankID, offered: false}\n  confirm: true",
     "  eid: {scheme: BankID, offered: false}\n  confirm: false", "identity.confirm", "False", "one of True"),
    ("a missing key", "tz: Europe/Oslo\n", "", "tz", "nothing", "the key tz"),
]


@pytest.mark.parametrize(("old", "new", "field", "found", "expected"), [case[1:] for case in BAD],
                         ids=[case[0] for case in BAD])
def test_one_wrong_value(company: Change, old: str, new: str, field: str, found: str, expected: str) -> None:
    home = company("ajour")
    text = (home / "policy.yaml").read_text()
    assert old in text
    (home / "policy.yaml").write_text(text.replace(old, new, 1))
    problem = next(one for one in refused(home) if one.field == field)
    assert problem.file == str(home / "policy.yaml")
    assert problem.found.startswith(found)
    assert expected in problem.expected


LINES = [
    ("country: NO", {'country: "NO" ': "country: NO "}, "country: NO "),
    ("L2: [control", {"L2: [control_question, eid]": "L2: [control_question, faxx]"}, "faxx"),
    ("src", {'src: "S4:46"': 'src: "line 46"'}, '"line 46"'),
    ("unknown key", {"display_name: Ajour": "display_nam: Ajour"}, "display_nam:"),
]


@pytest.mark.parametrize(("changes", "wrong"), [case[1:] for case in LINES], ids=[case[0] for case in LINES])
def test_the_line_is_the_line(company: Change, changes: dict[str, str], wrong: str) -> None:
    home = company("ajour", changes)
    assert line_of(home, wrong) in {problem.line for problem in refused(home)}


def test_all_problems_are_told_at_once(company: Change) -> None:
    home = company("ajour", {"tz: Europe/Oslo": "tz: Mars/Base", 'version: "1.0"': "version: 1.0",
                             "action: erase": "action: shred"})
    assert {"tz", "policy.version", "retention.0.action"} <= {problem.field for problem in refused(home)}


def test_a_comma_in_braces_is_explained(company: Change) -> None:
    home = company("ajour", {'{nb: "fakturaer, betalinger, kontrakter og pakksedler", en':
                             "{nb: fakturaer, betalinger, kontrakter og pakksedler, en"})
    problem = next(one for one in refused(home) if "betalinger" in one.field)
    assert "quotes around a text with a comma" in problem.expected


SYNTAX = [
    ("a tab", "slug: ajour\n", "slug: ajour\n\tgroup: x\n", 4, "found a tab character"),
    ("an open bracket", "languages: [nb, en]", "languages: [nb, en", None, "did not find expected"),
    ("an open quote", 'country: "NO"', 'country: "NO', None, ""),
    ("a bad indent", "  tz: {status: derived, confirm: true}\n", " tz: {status: derived, confirm: true}\n", None, ""),
    ("an unknown tag", "slug: ajour\n", "slug: !python/object:os.system ajour\n", 3, "could not determine"),
    ("an unknown alias", "slug: ajour\n", "slug: *ajour\n", 3, "found undefined alias"),
]


@pytest.mark.parametrize(("old", "new", "line", "found"), [case[1:] for case in SYNTAX],
                         ids=[case[0] for case in SYNTAX])
def test_yaml_that_is_none(company: Change, old: str, new: str, line: int | None, found: str) -> None:
    problem, = refused(company("ajour", {old: new}))
    assert found in problem.found
    assert problem.expected.startswith("valid YAML")
    assert problem.line == line if line else problem.line > 1


def test_a_key_given_twice(company: Change) -> None:
    home = company("ajour", {"tz: Europe/Oslo\n": "tz: Europe/Oslo\nslug: ajour\n"})
    problem, = refused(home)
    assert (problem.line, problem.field) == (8, "slug")
    assert problem.found == "the key slug a second time (first on line 3)"


def test_a_bare_key_that_yaml_reads_as_true(company: Change) -> None:
    home = company("ajour", {"complaint: {": "complaint: {no: x, "})
    problem, = refused(home)
    assert problem.expected == 'the key in quotes: "no"'


@pytest.mark.parametrize(("content", "found"), [
    (b"", "an empty file"), (b"# nothing\n", "an empty file"), (b"- a\n- b\n", "list ['a', 'b']"),
    (b"hello", "str 'hello'"),
    (b"slug: \xff\xfe", "byte 6 that is not UTF-8"),
])
def test_files_that_are_no_policy(company: Change, content: bytes, found: str) -> None:
    home = company("ajour")
    (home / "policy.yaml").write_bytes(content)
    problem, = refused(home)
    assert (problem.found, problem.line) == (found, 1)


def test_a_folder_without_a_policy(tmp_path: Path) -> None:
    problem, = refused(tmp_path)
    assert problem.expected == "a file we can read"


def test_the_folder_has_the_name_of_the_company(company: Change) -> None:
    home = company("ajour", {"slug: ajour": "slug: adjour"})
    problem, = refused(home)
    assert (problem.line, problem.found, problem.expected) == (3, "adjour", "ajour, the name of its folder")


def test_a_wrong_dataset(company: Change) -> None:
    home = company("aj-dk", file="datasets/shop.yaml")
    nameless = "dataset:\n  - fides_key: aj_dk_shop\n    collections:\n      - fields: []\n"
    (home / "datasets" / "shop.yaml").write_text(nameless)
    problem = refused(home)[0]
    assert (problem.line, problem.field, problem.found) == (4, "dataset.0.collections.0.name", "nothing")


def test_a_dataset_file_without_datasets(company: Change) -> None:
    home = company("aj-dk")
    (home / "datasets" / "shop.yaml").write_text("collections: []\n")
    assert refused(home)[0].expected == "a list under the key 'dataset'"


def test_the_same_dataset_twice(company: Change) -> None:
    home = company("aj-dk")
    (home / "datasets" / "zzz.yaml").write_text((home / "datasets" / "shop.yaml").read_text())
    assert refused(home)[0].found == "aj_dk_shop a second time"


@pytest.mark.parametrize(("colour", "expected"), [
    ("#cccccc", "a contrast of at least 4.5"), ("red", "text of the form"), ("#FFF", "text of the form"),
])
def test_a_brand_that_cannot_be_read(company: Change, colour: str, expected: str) -> None:
    home = company("ajour", {'text: "#1b1b1b"': f'text: "{colour}"'}, file="brand/brand.yaml")
    assert expected in refused(home)[0].expected


@pytest.mark.parametrize(("logo", "expected"), [
    ("gone.svg", "a file in the same folder"), ("../policy.svg", "text of the form"),
    ("/etc/passwd", "text of the form")])
def test_a_logo_is_a_file_beside_the_brand(company: Change, logo: str, expected: str) -> None:
    problem, = refused(company("ajour", {"logo: logo.svg": f"logo: {logo}"}, file="brand/brand.yaml"))
    assert (problem.line, problem.field) == (8, "logo")
    assert expected in problem.expected


def test_a_letter_that_is_not_utf8(company: Change) -> None:
    letters = company("ajour") / "letters" / "refusal"
    letters.mkdir(parents=True)
    (letters / "nb.html").write_bytes(b"p\xe5")
    problem, = refused(letters.parents[1])
    assert problem.found == "byte 1 that is not UTF-8"


PUT = ["", "NO", ":", "\t", "{", "]", '"', "- ", "null", "\n  ", "!!set", "&a", "*a", "é", "1e9", "<<: ", "\x00"]
TEXT = (BUILT_IN / "ajour" / "policy.yaml").read_text()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_mutation_escapes_as_another_error(tmp_path: Path, data: st.DataObject) -> None:
    """Whatever is cut out of or put into a real file: it loads, or PolicyError says where it is wrong."""
    start = data.draw(st.integers(0, len(TEXT)))
    length = data.draw(st.integers(0, 30))
    put = data.draw(st.sampled_from(PUT))
    text = TEXT[:start] + put + TEXT[start + length:]
    try:
        read_model(tmp_path / "policy.yaml", ControllerPolicy, text=text)
    except PolicyError as error:
        assert all(0 < problem.line <= text.count("\n") + 2 for problem in error.problems)
        assert all(problem.found and problem.expected for problem in error.problems)


def test_lines_survive_without_a_file() -> None:
    marked = read(Path("x.yaml"), text="a:\n  b:\n    - c: 1\n    - c: 2\n")
    assert [marked.line(["a"]), marked.line(["a", "b", 1, "c"]), marked.line(["a", "gone"])] == [1, 4, 1]


def test_an_unchanged_folder_is_read_once_and_a_changed_one_again(company: Change) -> None:
    home = company("ajour")
    first = load_controller(home)
    assert load_controller(home) is first
    company("ajour", {"display_name: Ajour": "display_name: Ajour POS"})
    second = load_controller(home)
    assert second.policy.display_name == "Ajour POS"
    assert second.digest != first.digest
