"""`manage.py policy check --strict`: what each company must settle, and where its promise conflicts with law."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from policies import check
from policies.before_live import before_live
from policies.conflicts import COMPLAINT, LAW, SAID, conflicts
from policies.load import BUILT_IN, Controller, load_controller
from policies.standing import PRACTICES
from tests.policies.conftest import Change
from tests.policies.test_command import run

TODAY = date(2026, 11, 22)
COMPANY = {"S0": "aj-dk", "S1": "aj-se", "S2": "ajos", "S3": "aarstiderne", "S4": "ajour"}
COUNT = {"S0": 12, "S1": 11, "S2": 7, "S3": 15, "S4": 7}
# Findings of our reading of the published texts (rules 1.6): each is asked, and where the law is broken it is told, or
# the file holds the rule that settles it. id -> (code of the conflict or "", place in policy.yaml that points to it)
ACCOUNT = {
    "S0-I1": ("period.contradictory", "retention.r11"), "S0-I2": ("period.contradictory", "retention.r5"),
    "S0-I3": ("", "retention.r4"), "S0-I4": ("period.until_further_notice", "retention.r8"),
    "S0-I5": ("national_id.contract", "purposes.profile"), "S0-I6": ("", "channels.form"),
    "S0-I7": ("basis.differs", "purposes.newsletter"), "S0-I8": ("recipient.two_roles", "recipients.payment"),
    "S0-I9": ("text.anonymous_yet_linked", "purposes.evaluation"), "S0-I10": ("", "retention.r5"),
    "S0-I11": ("copy.extract_only", "rights.access"), "S0-I12": ("", "derived_dates"),
    "S1-I1": ("period.contradictory", "retention.r2"), "S1-I2": ("period.contradictory", "retention.r3"),
    "S1-I3": ("", "retention.r2"), "S1-I4": ("identity.blanket_document", "identity.stated"),
    "S1-I5": ("marketing.on_contract", "purposes.marketing_profiling"),
    "S1-I6": ("sharing.never", "recipients.authorities"), "S1-I7": ("rights.missing", "rights.objection"),
    "S1-I8": ("authority.old_name", "authority"), "S1-I9": ("text.draft", "purposes.marketing_profiling"),
    "S1-I10": ("transfer.no_basis", "transfers.support"), "S1-I11": ("period.no_bookkeeping", "retention.law"),
    "S2-I1": ("period.none", "retention.r0"), "S2-I2": ("authority.old_address", "authority"),
    "S2-I3": ("controller.not_named", "facts.address"), "S2-I4": ("consent.by_browsing", "purposes.cookies"),
    "S2-I5": ("", "purposes.private_customer"), "S2-I6": ("sharing.too_wide", "recipients.required_by_law"),
    "S2-I7": ("", "rights.withdraw_consent"),
    "S3-I1": ("period.too_long", "retention.r3"), "S3-I2": ("period.contradictory", "retention.r5"),
    "S3-I3": ("", "retention.r2"), "S3-I4": ("route.form_only", "rights.access"), "S3-I5": ("", "rights.objection"),
    "S3-I6": ("route.withdrawal_by_form", "rights.withdraw_consent"),
    "S3-I7": ("recipient.two_roles", "recipients.review_partner"), "S3-I8": ("complaint.authority_acts", "complaint"),
    "S3-I9": ("dpo.conflict", "dpo"), "S3-I10": ("", "retention.r6"), "S3-I11": ("", "purposes.purchase"),
    "S3-I12": ("", "purposes.enquiries"), "S3-I13": ("objection.duty", "rights.objection"),
    "S3-I14": ("", "retention.r2"), "S3-I15": ("claims.blanket", "retention"),
    "S4-I1": ("period.none", "retention.r0"), "S4-I2": ("statute.foreign", "retention.law1"),
    "S4-I3": ("marketing.on_contract", "purposes.customer"), "S4-I4": ("sharing.never", "recipients.auditor"),
    "S4-I5": ("authority.not_named", "authority"), "S4-I6": ("", ""), "S4-I7": ("", "rights.erasure"),
}  # fmt: skip
# What an Art. 15 reply must be able to say (rules 1.7): the question that asks for it, "" where the text says it.
SILENT = {
    "aj-dk": {"names": "S0-Q2", "periods": "S0-Q4", "transfer": "S0-Q3", "source": "S0-Q7", "logic": ""},
    "aj-se": {"names": "S1-Q3", "periods": "S1-Q6", "transfer": "S1-I10", "source": "S1-Q7", "logic": ""},
    "ajos": {"names": "S2-I6", "periods": "S2-I1", "transfer": "", "source": "", "logic": ""},
    "aarstiderne": {"names": "S3-Q5", "periods": "S3-I10", "transfer": "", "source": "S3-Q6", "logic": "S3-Q4"},
    "ajour": {"names": "S4-I4", "periods": "S4-I1", "transfer": "S4-Q4", "source": "", "logic": "S4-Q3"},
}


def of(slug: str) -> Controller:
    return load_controller(BUILT_IN / slug)


def codes(home: Path | str) -> set[str]:
    company = load_controller(home) if isinstance(home, Path) else of(home)
    return {one.code for one in conflicts(company, today=TODAY)}


def test_every_finding_has_its_line() -> None:
    assert set(ACCOUNT) == {f"{seed}-I{number}" for seed, last in COUNT.items() for number in range(1, last + 1)}


@pytest.mark.parametrize("finding", ACCOUNT)
def test_every_finding_is_accounted_for(finding: str) -> None:
    company, (code, place) = of(COMPANY[finding[:2]]), ACCOUNT[finding]
    asked = {question.id for question in before_live(company).questions}
    assert finding in asked, "the company is asked"
    assert not code or code in codes(company.slug), "and told what the law says"
    if place:
        pointing = {check._label(path, part) for path, part in check.parts(company.policy)
                    if finding in getattr(part, "issue", ())}  # fmt: skip
        assert any(one.startswith(place) for one in pointing), pointing


@pytest.mark.parametrize("slug", SILENT)
def test_what_the_policies_do_not_say_is_asked(slug: str) -> None:
    asked = {question.id for question in before_live(of(slug)).questions}
    assert {question for question in SILENT[slug].values() if question} <= asked
    assert {*PRACTICES, "backups"} <= asked, "response time, fee, representatives, the dead, children, files, backups"
    policy = of(slug).policy
    assert SILENT[slug]["transfer"] or all(one.basis for one in policy.transfers)
    assert SILENT[slug]["logic"] or not policy.automated_decisions
    assert SILENT[slug]["source"] or any(one.third_party or one.obtained_from for one in policy.purposes)


GOLDEN = {
    "aj-dk": [
        "Skal afklares, før AJ Produkter A/S går i drift\n===============================================\n\n"
        "Spørgsmål til jura\n",
        "I beder om CPR-nummer til kundeprofilen. Hvilken hjemmel i databeskyttelseslovens § 11, stk. 2, bruger I? En "
        "kontrakt er ikke nok. (linje 73, 86 i den offentliggjorte tekst)\n     Indtil da: Portalen bruger aldrig CPR",
        "     Stopper: at portalen tages i brug\n",
        "  - Politikken siger ikke entydigt, på hvilket grundlag oplysninger overføres til Storbritannien. (linje 231 "
        "i den offentliggjorte tekst)\n",
    ],
    "aj-se": [
        "Frågor till ekonomi\n  13. När slutar ert räkenskapsår? (står inte i den publicerade texten)\n"
        "     Tills dess: Vi räknar med den 31 december.\n     Stoppar: beslut om radering\n",
        "  - Policyn använder tillsynsmyndighetens gamla namn. I dag heter den Integritetsskyddsmyndigheten (IMY).",
        "Det får krävas bara när det finns rimliga tvivel i det enskilda fallet. (rad 50, 52 i den publicerade texten)"
        "\n    Enligt: artikel 12.2 i dataskyddsförordningen; artikel 12.6 i dataskyddsförordningen;",
    ],
    "ajos": [
        "Questions for legal\n  1. Your policy says that an internal policy describes when data is deleted.",
        "     Stops: replies to access and portability, decisions on erasure, going live\n",
        "The present one is Carl Jacobsens Vej 35, 2500 Valby. (line 142 of the published text)\n",
    ],
    "aarstiderne": [
        "  - Politikken regner bogføringens frist fra kundeforholdets slutning. Loven regner den for hvert bilag, så "
        "ældre bilag gemmes for længe. (linje 154 i den offentliggjorte tekst)\n    Efter: ",
        "Databeskyttelsesrådgiveren er også Økonomidirektør.",
        "I »Bogføring« kan portalen ikke markere begrænset behandling.",
        "Ingen kilde fortæller om en sag om mulig svindel. En medarbejder må se efter, før der slettes.",
    ],
    "ajour": [
        "  - Personvernerklæringen viser til en annen stats lov. For selskapet gjelder bokføringsloven § 13",
        "Det mangler: tilbaketrekking av samtykke, menneskelig vurdering av automatiserte avgjørelser.\n",
        "Hvor lenge finnes slettede opplysninger i sikkerhetskopiene deres, og hvem gjenoppretter dem?",
    ],
}


@pytest.mark.parametrize("slug", GOLDEN)
def test_the_report_reads_as_a_lawyer_reads(slug: str) -> None:
    code, out, _ = run("check", "--strict", slug)
    assert code == 1
    for excerpt in GOLDEN[slug]:
        assert excerpt in out, excerpt
    assert not re.search(r"required_config|go_live|access_reply|\bS\d-[A-Z]\d|S\d:\d|\bP\d+[YMD]\b|null|None|_", out)


def test_strict_in_json() -> None:
    code, out, _ = run("check", "--strict", "--json", "aj-se", "ajos")
    found = json.loads(out)
    assert (code, found["ok"]) == (1, False)
    swedish, english = found["before_live"]
    assert (swedish["company"], swedish["language"], english["language"]) == ("aj-se", "sv", "en")
    asked = {one["id"]: one for one in swedish["questions"]}
    assert asked["S1-I10"]["blocks"] == ["access_reply"] and asked["S1-I10"]["answers"] == "it"
    told = {one["code"]: one for one in swedish["conflicts"]}
    assert told["authority.old_name"]["questions"] == ["S1-I8"] and told["authority.old_name"]["line"] > 1
    assert [one["field"] for one in swedish["to_confirm"]]


def test_one_company_by_name() -> None:
    assert "Ajos" not in run("check", "--strict", "ajour")[1]
    assert run("check", "ajour")[0] == 0
    code, _, err = run("check", "--strict", "ajuor")
    assert code == 2 and "did you mean ajour?" in err


def test_a_settled_company_passes(settings: Any, tmp_path: Path) -> None:
    """Everything answered, nothing unlawful: exit 0. What people do by hand is told and fails nothing."""
    example = BUILT_IN.parent / "docs" / "example" / "fjordsykler"
    home = tmp_path / "fjordsykler"
    home.mkdir()
    for file in ("policy.yaml", "sources.yaml", "datasets/shop.yaml"):
        (home / file).parent.mkdir(exist_ok=True)
        text = (example / file).read_text()
        (home / file).write_text(_settled(text) if file == "policy.yaml" else text)
    settings.DSAR_CONTROLLERS_PATH = [tmp_path]
    code, out, err = run("check", "--strict")
    assert code == 0, out + err
    assert "Ingen kilde forteller om en sak" not in out
    assert "Ingenting: alt er besvart, og ingen løfter strider mot loven." in out


def _settled(text: str) -> str:
    text = text[:text.index("open_questions:")]
    text = re.sub(r"\{status: required_config, issue: S9-Q1\}", '{src: "S9:3"}', text)
    text = text.replace("{status: statute}", '{src: "S9:21"}').replace("    status: statute\n", '    src: "S9:13"\n')
    said = "{text: {nb: Ja., en: Yes.}, confirm: true}"
    practice = "\n".join(f"  {name}: {said}" for name in PRACTICES)
    text = re.sub(r"^backups:.*?^purposes:", "purposes:", text, flags=re.M | re.S)
    backups = "backups: {keep: P30D, text: {nb: 30 dager., en: 30 days.}, confirm: true}"
    return f"{text}{backups}\npractice:\n{practice}\n"


# (company, text in policy.yaml, what it becomes, the conflict that appears)
BROKEN = [
    ("aj-dk", "    period: P5Y\n    from: [invoice_date]\n    rounding: calendar_year_end",
     "    period: P3Y\n    from: [invoice_date]\n    rounding: calendar_year_end", "period.too_short"),
    ("aj-dk", "    period: P5Y\n    from: [invoice_date]\n    rounding: calendar_year_end",
     "    period: P5Y\n    from: [invoice_date]\n    rounding: none", "period.too_short"),
    ("aj-dk", 'fiscal_year_end: "12-31"', 'fiscal_year_end: "06-30"', "period.too_short"),
    ("aj-dk", "from: delivered, period: P2Y", "from: delivered, period: P1Y", "period.below_complaint"),
    ("aj-se", "from: delivered, period: P3Y", "from: delivered, period: P2Y", "period.below_complaint"),
    ("aj-dk", "valid_to: 2031-12-27", "valid_to: 2025-12-27", "transfer.expired"),
    ("aj-dk", "  address: Carl Jacobsens Vej 35, 2500 Valby", "  address: Borgergade 28, 1300 København K",
     "authority.old_address"),
    ("ajour", "  named_in_policy: null", "  named_in_policy: Datainspektionen", "authority.old_name"),
]  # fmt: skip


@pytest.mark.parametrize(("slug", "old", "new", "code"), BROKEN, ids=[f"{one[0]}-{one[3]}" for one in BROKEN])
def test_what_would_be_told(company: Change, slug: str, old: str, new: str, code: str) -> None:
    assert code not in codes(slug)
    assert code in codes(company(slug, {old: new}))


@pytest.mark.parametrize(("slug", "old", "new", "code"), [
    ("aj-se", "    demands: document", "    demands: proof", "identity.blanket_document"),
    ("aj-se", "named_in_policy: Datainspektionen", "named_in_policy: IMY", "authority.old_name"),
    ("ajos", "Borgergade 28, 5., 1300 Copenhagen K", "Carl Jacobsens Vej 35, 2500 Valby", "authority.old_address"),
    ("aarstiderne", "role: Økonomidirektør", "role: Jurist", "dpo.conflict"),
    ("aarstiderne", "    stated: {period: P5Y, from: [last_purchase], rounding: calendar_year_end}", "    stated: null",
     "period.too_long"),
    ("ajour", '    foreign_act: "S4:77"\n', "", "statute.foreign"),
])  # fmt: skip
def test_what_is_mended_is_told_no_more(company: Change, slug: str, old: str, new: str, code: str) -> None:
    home = company(slug, {old: new})
    if code == "identity.blanket_document":
        company(slug, {"offered: first": "offered: on_doubt"})
    assert code in codes(slug) and code not in codes(home)


def test_every_conflict_has_words_and_law_in_four_languages() -> None:
    from policies.speech import wording

    assert set(SAID.values()) <= set(LAW)
    for language in ("da", "sv", "nb", "en"):
        words = wording(language)
        assert {f"conflict.{code}" for code in LAW} == {key for key in words if key.startswith("conflict.")}
        assert words.keys() == wording("en").keys()
    assert COMPLAINT == {"DK": "P2Y", "SE": "P3Y"}


@pytest.mark.parametrize("slug", SILENT)
def test_every_gap_of_a_reply_is_a_question_that_blocks_it(slug: str) -> None:
    """Art. 15(1)(c), (d), (h) and 15(2): what staff are shown as missing cannot go out unseen."""
    company = of(slug)
    blocks = {question.id for question in check.blocking(company, "access")}
    policy = company.policy
    lacking = [one for one in policy.recipients if not one.names and one.status]
    lacking += [one for one in policy.retention if one.status == "required_config"]
    lacking += [one for one in policy.transfers if one.status == "required_config"]
    lacking += [one for one in policy.automated_decisions if one.logic is None]
    assert lacking
    assert not [one.id for one in lacking if not blocks & {*one.issue}]
