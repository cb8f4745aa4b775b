"""Files that are right each by itself but do not fit together: found with file, line and what was expected."""

import pytest

from policies import check
from policies.load import load_controller
from tests.policies.conftest import Change, line_of

SOURCES, POLICY, SHOP = "sources.yaml", "policy.yaml", "datasets/shop.yaml"
# (what, file, text, what it becomes, found, expected), all in aj-dk
MISFITS = [
    ("a dataset that is not there", SOURCES, "dataset: aj_dk_shop", "dataset: aj_dk_shopp", "aj_dk_shopp",
     "the fides_key of a dataset (did you mean aj_dk_shop?)"),
    ("a collection the dataset has not", SOURCES, "      logins:", "      loginz:", "loginz",
     "a collection of the dataset (did you mean logins?)"),
    ("a field the dataset has not", SOURCES, "          cpr_no:", "          cpr_nr:", "cpr_nr",
     "a column of the dataset (did you mean cpr_no?)"),
    ("an unknown kind", SOURCES, "kind: contact", "kind: kontact", "kontact",
     "a known kind of data (did you mean contact?)"),
    ("an unknown purpose", SOURCES, "purposes: [contract]", "purposes: [contracts]", "contracts",
     "the id of a purpose (did you mean contract?)"),
    ("an unknown subject", SOURCES, "P: consumer", "P: consumers", "consumers", "(did you mean consumer?)"),
    ("an aggregate over no collection", SOURCES, "max: orders.delivered_on", "max: ordres.delivered_on", "ordres",
     "a collection of the dataset (did you mean orders?)"),
    ("an aggregate over no column", SOURCES, "max: orders.delivered_on", "max: orders.delivered", "delivered",
     "a column of shop/orders (did you mean delivered_on?)"),
    ("an aggregate over no source", SOURCES, "max: erp/invoices.invoice_date", "max: erb/invoices.invoice_date", "erb",
     "a source of this company (did you mean erp?)"),
    ("a match on no column here", SOURCES, "match: {customer_no: customer_no}", "match: {customer_no: customer}",
     "customer", "a column of this collection (did you mean customer_"),
    ("a subject column that is not there", SOURCES, "column: customer_type", "column: customertype", "customertype",
     "a column of the dataset (did you mean customer_type?)"),
    ("a text without the company's language", SOURCES, "name: {da: Webshop og Mine sider, en: ",
     "name: {en: ", "only en", "also da"),
    ("an unknown data category", SHOP, "user.contact.email", "usr.contact.email", "usr.contact.email",
     "a data category of the fideslang taxonomy (did you mean user.contact.email?)"),
    ("a rule that is not there", POLICY, "retention: [r9, r_consent]", "retention: [r99, r_consent]", "r99",
     "the id of a retention rule"),
    ("a kind nobody knows in a rule", POLICY, "data: [national_id]", "data: [nationl_id]", "nationl_id",
     "a known kind of data (did you mean national_id?)"),
    ("a question that is not there", POLICY, "issue: S0-I7", "issue: S0-I77", "S0-I77", "the id of an open question"),
    ("an id given twice", POLICY, "  - id: profile", "  - id: contract", "contract a second time", "every id once"),
    ("a right forgotten", POLICY, "  restriction: {src: \"S0:178\"}\n", "", "no restriction", "all nine rights"),
    ("a value from nowhere", POLICY, "  address: {src: \"S0:25\"}\n", "", "nothing",
     "where the value of address comes from"),
    ("a promise without a source", POLICY, "    basis: c\n    src: \"S0:61\"\n", "    basis: c\n", "no source",
     "src, status: statute, status: required_config or confirm: true"),
    ("a policy text in one language", POLICY, 'name: {da: "Nyhedsbrev", en: "Newsletter"}', "name: {da: Nyhedsbrev}",
     "only da", "also en"),
    ("two actions for the same people", POLICY, "  - id: r6\n    text:", """  - id: r6b
    text: {da: straks, en: at once}
    data: [case]
    period: P1Y
    from: [opened]
    action: anonymise
    basis: b
    confirm: true
  - id: r6
    text:""", "erase for case", "anonymise as rule r6b says, or one of them"),
    ("both roles and no question", POLICY, "    role: [controller]\n    condition:",
     "    role: [controller, processor]\n    condition:", "controller and processor",
     "the open question that asks which"),
    ("never what nobody can tell", POLICY, "    data: [log]\n", "    data: [log]\n    without: [last_purchase]\n",
     "last_purchase", "a fact that sources.yaml gives for log: else the rule never holds"),
    ("a date from itself", POLICY, "{name: warranty_end, from: delivered, period: P2Y,",
     "{name: warranty_end, from: warranty_end, period: P2Y,", "warranty_end from itself", "follows from another"),
    ("a kind no rule speaks of", POLICY, "    data: [log]\n", "    data: [survey]\n", "log of",
     "a rule in policy.yaml, retention"),
]


@pytest.mark.parametrize(("file", "old", "new", "found", "expected"), [case[1:] for case in MISFITS],
                         ids=[case[0] for case in MISFITS])
def test_one_misfit(company: Change, file: str, old: str, new: str, found: str, expected: str) -> None:
    problems = check.problems(load_controller(company("aj-dk", {old: new}, file=file)))
    assert [one for one in problems if one.found.startswith(found) and expected in one.expected], problems


def test_a_misfit_is_told_on_its_line(company: Change) -> None:
    home = company("aj-dk", {"          cpr_no:": "          cpr_nr:"}, file=SOURCES)
    problem, = check.problems(load_controller(home))
    assert problem.file == str(home / SOURCES)
    assert problem.line == line_of(home, "cpr_nr:", file=SOURCES)
    assert problem.field == "sources.shop.collections.logins.fields.cpr_nr"


def test_a_rule_for_others_only_does_not_cover(company: Change) -> None:
    home = company("aj-dk", {"subjects: [business_contact]\n    period: P4Y": "subjects: [lead]\n    period: P4Y"})
    found = {problem.found for problem in check.problems(load_controller(home))}
    assert "contact of business_contact" in found


def test_a_fact_no_source_gives_is_a_warning(company: Change) -> None:
    home = company("aj-dk", {"from: [first_logged]": "from: [first_seen]"})
    company_read = load_controller(home)
    assert check.problems(company_read) == []
    assert "retention.no_fact" in {warned.code for warned in check.warnings(company_read)}


def test_a_control_question_may_name_where_the_answer_lies(company: Change) -> None:
    home = company("aj-dk", {"compare: [shop/addresses.postcode]": "compare: [shop/addresses.postkode]"})
    problem, = check.problems(load_controller(home))
    assert (problem.found, problem.expected) == ("shop/addresses.postkode", "source/collection.column")
    assert problem.line == line_of(home, "postkode")


def test_a_category_of_ones_own_or_of_an_older_taxonomy_counts_as_the_one_above_it(company: Change) -> None:
    home = company("aj-dk", {"user.contact.email": "user.contact.email.newsletter"}, file=SHOP)
    read = load_controller(home)
    assert check.problems(read) == []
    told = [one for one in check.warnings(read) if one.code == "map.own_category"]
    assert told and all("It counts as user.contact.email." in one.say and one.line for one in told)
