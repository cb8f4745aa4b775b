"""The five companies load, are sound, and say what their published policies say."""

from datetime import date

import pytest

from law.identification import Level, Means
from law.rights import IMMEDIATE, Right
from policies import check
from policies.load import BUILT_IN, Controller, load_all, load_controller

SLUGS = ("aarstiderne", "aj-dk", "aj-se", "ajos", "ajour")


def test_the_five_are_there() -> None:
    assert tuple(load_all([BUILT_IN])) == SLUGS


@pytest.fixture(params=SLUGS)
def one(request: pytest.FixtureRequest) -> Controller:
    return load_controller(BUILT_IN / request.param)


def test_nothing_is_wrong(one: Controller) -> None:
    assert check.problems(one) == []


def test_every_record_kind_has_facts_for_its_rule(one: Controller) -> None:
    assert [warned for warned in check.warnings(one) if warned.code == "retention.no_fact"] == []


def test_all_nine_rights_and_a_way_in(one: Controller) -> None:
    assert set(one.policy.rights) == set(Right)
    assert one.policy.channels
    assert set(one.policy.level_map()) == set(Right)


def test_no_identity_step_where_the_law_forbids_one(one: Controller) -> None:
    """Art. 7(3), 21(3); R-16."""
    for right in IMMEDIATE:
        assert one.policy.level_map()[right] == Level.L0
        assert one.policy.identity.offered(right, level=Level.L0) == ()


def test_a_lesser_proof_always_stands_beside_a_document(one: Controller) -> None:
    """EDPB 01/2022 paras 74-79: an ID copy is never the only route up to L2."""
    for right in set(Right) - IMMEDIATE:
        offered = one.policy.identity.offered(right, level=one.policy.level_map()[right])
        assert [means for means in offered if means.level < Level.L4], f"{one.slug} {right}"


def test_every_text_speaks_the_company_and_english(one: Controller) -> None:
    assert "en" in one.policy.languages
    for purpose in one.policy.purposes:
        assert all(purpose.name.say(language) for language in one.policy.languages)


def test_the_year_end_and_our_choices_are_to_be_confirmed(one: Controller) -> None:
    fields = dict(check.to_confirm(one))
    assert {"facts.fiscal_year_end", "identity", "deadlines", "delivery", "case_file_keep"} <= set(fields)
    assert all(line > 1 for line in fields.values())


def test_a_question_for_every_gap_and_blocking_ones_first(one: Controller) -> None:
    blocking = [bool(question.blocks) for question in check.open_questions(one)]
    assert any(blocking)
    assert blocking == sorted(blocking, reverse=True)


def test_bookkeeping_is_a_purpose_on_legal_duty(one: Controller) -> None:
    assert one.policy.purpose("bookkeeping").basis == ("c",)
    duties = [rule for rule in one.policy.law_rules() if rule.status == "statute"]
    assert {"invoice", "voucher"} <= {kind for rule in duties for kind in rule.data}


def test_a_brand_that_can_be_read(one: Controller) -> None:
    assert one.brand is not None
    assert one.logo is not None and one.logo.is_file()


FACTS = [  # (company, what, value, source line), spot-checked against the published texts
    ("aj-dk", "reg_no", "CVR 13503745", "S0:25"),
    ("aj-dk", "address", "Roholmsvej 14 A, 2620 Albertslund", "S0:25"),
    ("aj-se", "reg_no", "organisationsnummer 556190-7329", "S1:21"),
    ("aj-se", "legal_name", "AJ Produkter AB (publ)", "S1:21"),
    ("aarstiderne", "address", "Barritskovvej 34, 7150 Barrit", "S3:176"),
    ("ajour", "reg_no", "organisasjonsnummer 917 899 142", "S4:15"),
    ("ajour", "address", "Strandveien 15, 1366 Lysaker", "S4:13"),
]


@pytest.mark.parametrize(("slug", "name", "value", "src"), FACTS)
def test_plain_facts(slug: str, name: str, value: str, src: str) -> None:
    policy = load_controller(BUILT_IN / slug).policy
    assert str(getattr(policy, name)) == value
    assert policy.facts[name].src == src


CHANNELS = [
    ("aj-dk", "mail", "info@ajprodukter.dk", {Right.access, Right.erasure}),
    ("aj-dk", "phone", "59 400 999", {Right.rectification, Right.marketing_objection}),
    ("aj-se", "form", "https://www.ajprodukter.se/GDPR", {Right.access, Right.erasure}),
    ("aj-se", "phone", "035-180500", {Right.rectification, Right.marketing_objection}),
    ("ajos", "mail", "ajos@ajos.dk", set()),
    ("aarstiderne", "mail_business", "erhverv@aarstiderne.com", {Right.portability, Right.objection}),
    ("aarstiderne", "dpo_mail", "eta@aarstiderne.com", {Right.objection}),
    ("ajour", "mail", "hei@ajourpos.com", set()),
]


@pytest.mark.parametrize(("slug", "channel", "value", "rights"), CHANNELS)
def test_channels(slug: str, channel: str, value: str, rights: set[Right]) -> None:
    found = next(one for one in load_controller(BUILT_IN / slug).policy.channels if one.id == channel)
    assert found.value == value
    assert rights <= set(found.rights) or found.rights == ("all",)


@pytest.mark.parametrize(("slug", "country", "town"), [
    ("aj-dk", "DK", "Valby"), ("ajos", "DK", "Valby"), ("aarstiderne", "DK", "Valby"),
    ("aj-se", "SE", "Stockholm"), ("ajour", "NO", "Oslo"),
])
def test_the_authority_of_today(slug: str, country: str, town: str) -> None:
    policy = load_controller(BUILT_IN / slug).policy
    assert policy.country == country
    assert town in policy.authority.address


def test_sweden_asks_for_a_document_first_and_is_warned() -> None:
    """S1:50,52; rules, 'How the identity demand of S1 is to be read here'."""
    company = load_controller(BUILT_IN / "aj-se")
    for right in (Right.access, Right.erasure):
        offered = company.policy.identity.offered(right, level=Level.L2)
        assert offered[0] == Means.document and len(offered) > 1
    assert Means.document not in company.policy.identity.offered(Right.portability, level=Level.L2)
    assert [warned.line for warned in check.warnings(company) if warned.code == "identity.blanket_document"]


@pytest.mark.parametrize("slug", ["aj-dk", "ajos", "aarstiderne", "ajour"])
def test_others_ask_for_a_document_only_on_doubt(slug: str) -> None:
    identity = load_controller(BUILT_IN / slug).policy.identity
    assert identity.document.offered == "on_doubt"
    assert Means.document not in identity.offered(Right.access, level=Level.L2)
    assert Means.document in identity.offered(Right.access, level=Level.L4)


def test_eid_is_offered_only_where_it_is_connected() -> None:
    identity = load_controller(BUILT_IN / "aj-se").policy.identity
    assert Means.eid not in identity.offered(Right.portability, level=Level.L2)
    connected = identity.model_copy(update={"eid": identity.eid.model_copy(update={"offered": True})})
    assert Means.eid in connected.offered(Right.portability, level=Level.L2)


def test_the_newsletter_of_aj_dk_is_read_as_consent() -> None:
    newsletter = load_controller(BUILT_IN / "aj-dk").policy.purpose("newsletter")
    assert (newsletter.basis, newsletter.stated_basis, newsletter.issue) == (("a",), ("f",), ("S0-I7",))


def test_versions_and_dates() -> None:
    aarstiderne, ajour = (load_controller(BUILT_IN / slug).policy.policy for slug in ("aarstiderne", "ajour"))
    assert (aarstiderne.version, aarstiderne.date_) == ("5", date(2024, 7, 9))
    assert (ajour.version, ajour.date_) == ("1.0", date(2022, 4, 5))


def test_transfers() -> None:
    by_country = {(slug, transfer.country): transfer for slug in SLUGS
                  for transfer in load_controller(BUILT_IN / slug).policy.transfers}
    assert by_country["aj-dk", "GB"].valid_to == date(2031, 12, 27)
    assert by_country["ajos", "US"].copy_on_request
    assert by_country["aarstiderne", "UA"].basis == ("scc",)
    assert by_country["aj-se", None].status == "required_config"


def test_business_contacts_of_aj_dk_go_after_four_years() -> None:
    rule = load_controller(BUILT_IN / "aj-dk").policy.rule("r11")
    assert (rule.period, rule.from_, rule.holds) == ("P4Y", ("last_transaction",), ("open_balance", "open_case"))
    assert (rule.action, rule.monthly, rule.src) == ("anonymise", True, "S0:189")


def test_unknown_names_are_key_errors() -> None:
    policy = load_controller(BUILT_IN / "aj-dk").policy
    for ask in (policy.rule, policy.purpose, lambda name: policy.kind_text(name, language="da")):
        with pytest.raises(KeyError):
            ask("nothing_of_the_kind")
    with pytest.raises(KeyError, match="'sv'"):
        policy.purpose("contract").name.say("sv")
