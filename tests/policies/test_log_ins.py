"""Log-ins in a policy: the page that explains them is right, and no national number gets in."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from law.identification import Level, Means
from law.rights import Right
from policies.check import problems
from policies.load import load_controller
from policies.log_ins import is_national_number, is_number_like

ROOT = Path(__file__).resolve().parents[2]


def test_the_example_of_the_page_loads_as_it_stands(tmp_path: Path) -> None:
    page = (ROOT / "docs/add-a-company.md").read_text()
    block = next(one for one in re.findall(r"```yaml\n(.*?)```", page, re.S) if "log_ins:" in one)
    home = shutil.copytree(ROOT / "docs/example/fjordsykler", tmp_path / "fjordsykler")
    policy = yaml.safe_load((home / "policy.yaml").read_text())
    told = yaml.safe_load(block)["identity"]
    policy["identity"] |= told | {"methods": policy["identity"]["methods"] | told["methods"]}
    (home / "policy.yaml").write_text(yaml.safe_dump(policy, allow_unicode=True, sort_keys=False))
    company = load_controller(home)
    assert not problems(company)
    offered = company.policy.identity.offered(Right.access, level=Level.L2)
    assert offered == (Means.login, Means.control_question, Means.eid)
    assert [one.id for one in company.policy.identity.log_ins_for(Means.eid)] == ["bankid"]


@pytest.mark.parametrize(
    "claim",
    [
        "cpr",
        "dk.cpr",
        "dk:gov:saml:attribute:CprNumberIdentifier",
        "personnummer",
        "personalIdentityNumber",
        "ssn",
        "pid",
        "no.bankid.nnin",
        "fødselsnummer",
        "fodselsnummer",
        "urn:oid:1.2.752.29.4.13",
        "PersonIdentifier",
        "socialno",
        "hetu",
    ],
)
def test_a_claim_of_a_national_number_is_known(claim: str) -> None:
    assert is_national_number(claim)


@pytest.mark.parametrize(
    "claim", ["sub", "name", "birthdate", "email", "customer_no", "mitid.uuid", "profile", "openid"]
)
def test_other_claims_are_left_alone(claim: str) -> None:
    assert not is_national_number(claim)


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("170580-1234", True),
        ("1705801234", True),
        ("19800517-1234", True),
        ("198005171234", True),
        ("800517+1234", True),
        ("17058012345", True),
        ("170580 12345", True),
        ("PNODK-170580-1234", True),
        ("SE:198005171234", True),
        ("urn:example:170580-1234", True),
        ("113274628193746281934", False),
        ("8f14e45f-ceea-467f", False),
        ("astrid", False),
        ("100001", False),
    ],
)
def test_a_value_that_could_be_one_is_not_remembered(value: str, is_one: bool) -> None:
    assert is_number_like(value) is is_one
