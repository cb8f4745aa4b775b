"""What cannot be sent, whoever tries: too late, incomplete, by one person alone; and what no calendar may delete."""

import io
import json
from datetime import datetime, timedelta

from django.core.management import call_command

from requests_app.models import Membership
from tests.journeys.test_erasure import rows

FACTS = "Etterforskningen er ikke avsluttet, og innsyn nå ville røpe hva politiet ser etter."


def test_norway_refuses_by_the_letter_of_section_16_or_not_at_all(town):
    """§ 16 første ledd bokstav a–f: the very letter, the reasons in writing, for (f) the interests (R-60)."""
    astri, office = town.person("ajour", "astri"), town.office("ajour")
    astri.ask("access")
    astri.prove()
    office.case(astri.reference)
    desk = office.caseworker
    desk.press("/access/do/decide/")
    page = desk.open(f"cases/{astri.reference}/access/answer/")
    offered = set(page.tree.xpath("//input[@name='grounds']/@value"))
    assert {f"no_16_{letter}" for letter in "abcdef"} <= offered and not {one for one in offered if "dk_" in one}
    refused = {"outcome": "refused", "confirmed": True}
    for grounds, reasons in (([], FACTS), (["no_16_f"], FACTS), (["no_16_b"], "")):
        assert desk.browser.press("submit", **refused, grounds=grounds, reasons=reasons).status == 422
    office.submitted(desk.press("submit", **refused, grounds=["no_16_b"], reasons=FACTS))
    office.approve(astri.reference, "access")
    town.workers.run()
    (letter,) = [text for title, text in astri.read_letters().items() if FACTS in text]
    for words in (
        "personopplysningsloven § 16 første ledd bokstav b",
        "Datatilsynet",
        "Postboks 458 Sentrum",
        "domstol",
    ):
        assert words in letter, (words, letter)


def test_too_much_is_said_by_two_people_or_not_at_all(town):
    """Art. 12(5): the burden is the company's. One person with both roles is still one person."""
    anna, office = town.person("aj-se", "anna"), town.office("aj-se")
    both = Membership.objects.get(user__username=office.caseworker.name)
    Membership.objects.create(user=both.user, controller="aj-se", role=Membership.Role.APPROVER)
    anna.ask("portability")
    anna.prove()
    office.case(anna.reference)
    desk, why = office.caseworker, "Det är den nionde begäran om samma sak i år."
    desk.press("/portability/do/decide/")
    said = {"outcome": "refused", "grounds": ["excessive"], "reasons": why}
    assert desk.browser.press("submit", **said).status == 422  # nobody has judged it for themselves
    office.submitted(desk.press("submit", **said, confirmed=True))
    page = desk.open(f"cases/{anna.reference}/portability/approve/")
    assert "You prepared this answer" in page.text and not page.tree.xpath("//button[contains(., 'Approve')]")
    second = office.approver
    second.open(f"cases/{anna.reference}/portability/approve/")
    assert "Approved." not in second.browser.press("Approve exactly this").text  # nor has the second one judged it
    second.open(f"cases/{anna.reference}/portability/approve/")
    assert "Approved." in second.press("Approve exactly this", confirmed=True).text
    town.workers.run()
    (letter,) = [text for text in anna.read_letters().values() if why in text]
    assert "artikel 12.5" in letter and "Integritetsskyddsmyndigheten" in letter


def test_after_the_first_month_nothing_can_be_extended_and_a_refusal_says_that_it_is_late(town, clock):
    """Art. 12(3)-(4): both must be told within the month; an extension told later is none."""
    astrid, office = town.person("aj-dk", "astrid"), town.office("aj-dk")
    astrid.ask("access")
    astrid.prove()
    clock.move_to(datetime.now().astimezone() + timedelta(days=31))
    desk, why = office.caseworker, "Vi kan ikke finde den ordre, du skriver om, uden at vide mere."
    office.case(astrid.reference)
    page = desk.open(f"cases/{astrid.reference}/access/extend/")
    assert "it is now too late (Article 12(3) GDPR)" in page.text and not page.tree.xpath("//input[@name='reason']")
    office.case(astrid.reference)
    desk.press("/access/do/decide/")
    desk.open(f"cases/{astrid.reference}/access/answer/")
    said = {"outcome": "refused", "grounds": ["not_identifiable"], "reasons": why}
    assert desk.browser.press("submit", **said).status == 422  # late, and nobody has written down why
    office.submitted(desk.press("submit", **said, late_because="Sagen lå hos en medarbejder, der var syg."))
    office.approve(astrid.reference, "access")
    town.workers.run()
    (letter,) = [text for text in astrid.read_letters().values() if why in text]
    assert "Det kommer for sent" in letter and "22. december 2026" in letter and "syg" not in letter


def test_the_calendar_does_not_take_what_somebody_has_asked_for(town):
    """R-44: Freja asks for a copy; the monthly run that should erase her row of 2018 leaves it until she has it."""
    freja, office = town.person("aj-dk", "freja"), town.office("aj-dk")
    hers = "SELECT email FROM customers WHERE customer_no = ?"
    named = "SELECT count(*) FROM customers WHERE email LIKE '%@%'"
    before = rows(town, "aj-dk", "shop", named)
    freja.ask("access")
    report = _routine("aj-dk")
    _routine("aj-dk", approve=report["digest"], by=f"{office.approver.name}@staff.example")
    assert rows(town, "aj-dk", "shop", named) < before
    assert rows(town, "aj-dk", "shop", hers, freja.who.customer_no) == [(freja.who.email,)]
    freja.prove()
    office.answer_access(freja.reference)
    assert freja.download()


def _routine(slug, **options):
    out = io.StringIO()
    try:
        call_command("routine", slug, json=True, stdout=out, **options)
    except SystemExit as waits:
        assert waits.code == 3
    return json.loads(out.getvalue())
