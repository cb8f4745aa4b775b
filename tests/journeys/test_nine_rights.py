"""Nine rights in three countries: from the form to the company's own rows, and what neighbours see of it.

Access in Denmark, portability in Denmark, erasure in Sweden and Norway are walked in files of their own.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from celery import current_app

from tests.journeys.browser import Browser
from tests.journeys.people import data_of
from tests.journeys.test_erasure import changes, everything, rows


class Land(NamedTuple):
    """One company, one person of its sample data, and what is said and looked at there."""

    key: str
    authority: str
    accounts: tuple[str, str, str]  # (source, table, column of the telephone) beside the customers
    customers: str
    phone: str
    rests: str  # the column that says since when the data is only stored
    weighed: str  # a purpose that can be objected to
    decision: str
    why: str
    reads: str  # how the letters name the Regulation


LANDS = {
    "aj-dk": Land("astrid", "Datatilsynet", ("erp", "accounts", "phone"), "shop", "+45 20 30 40 50", "restricted_on",
                  "evaluation", "other", "Saldoen blev læst forkert.", "databeskyttelsesforordningens artikel {}"),
    "aj-se": Land("anna", "Integritetsskyddsmyndigheten", ("ledger", "kund", "telefon"), "shop", "+46 70 174 06 99",
                  "restricted_on", "order", "other", "Saldot lästes fel.", "artikel {}"),
    "ajour": Land("astri", "Datatilsynet", ("accounting", "accounts", "phone"), "crm", "+47 22 33 44 55",
                  "restricted_on", "", "credit_rating", "Saldoen ble lest feil.", "personvernforordningen artikkel {}"),
}  # fmt: skip
everywhere = pytest.mark.parametrize("slug", LANDS)
PHONE = "user.contact.phone_number"


@pytest.fixture
def walk(town):
    """The person and the office of a company, and its rows before and after."""

    class Walk:
        def __init__(self, slug):
            self.slug, self.land = slug, LANDS[slug]
            self.person, self.office = town.person(slug, self.land.key), town.office(slug)
            self.before = everything(town, slug)

        def changed(self):
            return changes(self.before, everything(town, self.slug))

        def customer(self, column):
            sql = f"SELECT {column} FROM customers WHERE customer_no = ?"
            ((value,),) = rows(town, self.slug, self.land.customers, sql, self.person.who.customer_no)
            return value

        def begin(self, right):
            self.office.start(self.person.reference, right)
            town.workers.run()

        def end(self, right):
            self.office.approve(self.person.reference, right)
            town.workers.run()

        def letter(self, *texts):
            letters = self.person.read_letters()
            fitting = [letter for letter in letters.values() if all(text in letter for text in texts)]
            assert fitting, (texts, letters)
            assert self.land.authority in fitting[0]  # Art. 12(4), 77: where to complain
            return fitting[0]

        def by_hand(self, how="Set in the system"):
            """What no program can do: somebody does it, and says how."""
            desk = self.office.caseworker
            page = desk.open(f"cases/{self.person.reference}/by-hand/")
            numbers = page.tree.xpath("//input[@name='numbers']/@value")
            if numbers:
                desk.press("The ticked ones are done", numbers=numbers, how=how)
                town.workers.minute()
            return len(numbers)

    return Walk


def of_others(found, *mine):
    """Changed rows that name none of these values: they must be none."""
    return [row for table in found for row in table.values() for row in row if not any(one in str(row) for one in mine)]


# --- Art. 15, 20 -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("slug", ["aj-se", "ajour"])
def test_a_copy_and_files_to_take_along(walk, town, slug):
    """Art. 15 and 20 in one case: each has its own files, both hold the person's data and nobody else's."""
    own = walk(slug)
    person, office = own.person, own.office
    person.ask("access", "portability")
    person.prove()
    held = {}
    for right in ("access", "portability"):
        office.answer_access(person.reference, right)
        held[right] = data_of(person.download())
    assert set(held["portability"]) < set(held["access"])  # Art. 20 covers less
    for tables in held.values():
        assert tables[f"{own.land.customers}.customers"][0]["fields"]["email"] == person.who.email
    others = {"aj-se": "bjorn.oberg", "ajour": "cato.damico"}[slug]
    assert others not in str(held) and own.changed() == ({}, {})


# --- Art. 16 ---------------------------------------------------------------------------------------------------------
@everywhere
def test_a_wrong_number_is_corrected_in_every_system(walk, town, slug):
    """Disputed, it is only stored (18(1)(a)); corrected, the letter shows old and new; then the pause ends (18(3))."""
    own, land = walk(slug), LANDS[slug]
    person, office, desk = own.person, own.office, own.office.caseworker
    old, (source, table, column) = person.who.phone, land.accounts
    person.ask("rectification", rectification=f"Det er {land.phone}", rectification_evidence=land.why)
    person.prove_by_mail()
    own.begin("rectification")
    assert own.customer(land.rests) == "2026-11-22" and own.customer("phone") == old
    page = desk.open(f"cases/{person.reference}/rectification/rectify/")
    assert f"Det er {land.phone}" in page.text and old in page.text
    desk.open(f"cases/{person.reference}/rectification/rectify/{PHONE}/")
    desk.press("keep", new=land.phone)
    desk.open(f"cases/{person.reference}/rectification/rectify/")
    office.submitted(desk.press("Submit for approval"))
    assert own.customer("phone") == old  # nothing before a second person has read old and new
    own.end("rectification")
    own.by_hand()

    assert own.customer("phone") == land.phone
    number = rows(town, slug, source, f"SELECT count(*) FROM {table} WHERE {column} = ?", land.phone)
    assert number == [(1,)]
    own.letter(land.reads.format(16), old, land.phone)
    assert not of_others(own.changed(), person.who.customer_no, person.who.email, person.who.name)
    for mail in town.post.server.mails:  # Art. 19, 32: no plain mail holds what was corrected
        assert land.phone not in str(mail)
    if slug == "aj-dk":
        others = town.office("ajos").caseworker
        others.log_in()
        for place in ("", f"rectification/rectify/{PHONE}/", "rectification/approve/", "by-hand/", "recipients/",
                      "restrictions/1/"):  # fmt: skip
            mine, none = (others.open(f"cases/{one}/{place}") for one in (person.reference, "AJDK-2222-2222"))
            assert mine.status == none.status == 404, place


# --- Art. 18 ---------------------------------------------------------------------------------------------------------
@everywhere
def test_data_is_only_stored_until_the_person_was_told_that_it_ends(walk, town, clock, slug):
    own, land = walk(slug), LANDS[slug]
    person, office, desk = own.person, own.office, own.office.caseworker
    person.ask("restriction", restriction=land.why, restriction_ground="c")
    person.prove_by_mail()
    own.begin("restriction")
    page = desk.open(f"cases/{person.reference}/restriction/restrict/")
    assert page.tree.xpath("//input[@name='letter'][@checked]/@value") == ["c"]  # what the person ticked
    office.submitted(desk.press("Submit for approval"))
    assert own.customer(land.rests) is None
    own.end("restriction")
    left = own.by_hand()
    assert own.customer(land.rests) == "2026-11-22" and bool(left) == (slug != "ajour")
    own.letter(land.reads.format(18))
    assert not of_others(own.changed(), person.who.customer_no)

    office.case(person.reference)
    desk.browser.follow("/restrictions/")
    desk.press("announce", reason=land.why)  # Art. 18(3): before, not after
    town.workers.run()
    own.letter(land.why)
    assert own.customer(land.rests) == "2026-11-22"
    clock.move_to(datetime.now().astimezone() + timedelta(days=9))
    current_app.send_task("fulfilment.tasks.end_restrictions")
    town.workers.run()
    assert own.customer(land.rests) is None


# --- Art. 21(1) ------------------------------------------------------------------------------------------------------
WEIGHED = ("interests", "necessity", "effect", "safeguards")


@pytest.mark.parametrize("slug", ["aj-dk", "aj-se"])
def test_an_objection_is_weighed_while_the_data_only_rests(walk, town, slug):
    """Denmark stops; Sweden goes on, with every weight written out, and says when the pause ends."""
    own, land = walk(slug), LANDS[slug]
    person, office, desk = own.person, own.office, own.office.caseworker
    person.ask("objection", objection=land.why, objection_purposes=[land.weighed])
    person.prove_by_mail()
    own.begin("objection")
    assert own.customer(land.rests) == "2026-11-22"
    page = desk.open(f"cases/{person.reference}/objection/weigh/")
    assert page.tree.xpath(f"//input[@name='{land.weighed}-about'][@checked]")  # what the person ticked
    goes_on = slug == "aj-se"
    name = f"{land.weighed}-{{}}".format
    said = {name("conclusion"): "continue" if goes_on else "stop"}
    if goes_on:
        desk.browser.press("submit", **said)
        assert desk.browser.page.status == 422  # compelling grounds, or it stops
        said |= {name(one): f"{land.why} {one}" for one in WEIGHED}
    office.submitted(desk.press("submit", **said))
    own.end("objection")
    own.by_hand()
    town.workers.minute()
    letter = own.letter(land.reads.format("21.1" if goes_on else "21"))
    assert all(f"{land.why} {one}" in letter for one in WEIGHED[:1]) == goes_on
    assert (own.customer("objected_on") is None) == goes_on
    assert not of_others(own.changed(), person.who.customer_no, person.who.email)


def test_an_objection_to_what_rests_on_consent_and_duty_says_so_in_norwegian(walk, town):
    """Ajour weighs nothing: marketing in it stops at once by a claim of its own, and bookkeeping is a duty."""
    own = walk("ajour")
    person, office, desk = own.person, own.office, own.office.caseworker
    person.ask("objection", objection=own.land.why)
    person.prove_by_mail()
    own.begin("objection")
    desk.open(f"cases/{person.reference}/objection/weigh/")
    desk.press("save", **{"customer-about": True})
    town.workers.run()
    assert own.customer("no_marketing_since") == "2026-11-22"  # Art. 21(3): no balancing, no second person
    desk.open(f"cases/{person.reference}/objection/weigh/")
    office.submitted(desk.press("submit", **{"customer-about": True, "bookkeeping-about": True}))
    own.end("objection")
    own.letter("artikkel 21")


# --- Art. 21(2)-(3), 7(3) --------------------------------------------------------------------------------------------
STOPPED = {
    "aj-dk": {"shop.customers": (1, 0), "marketing.subscribers": (1, 0), "marketing.segments": (1, 0),
              "marketing.consents": (0, 1)},
    "aj-se": {"shop.customers": (1, 0), "shop.profiles": (1, 0), "service.subscribers": (0, 1),
              "service.consents": (0, 1)},
    "ajour": {"crm.customers": (1, 0), "accounting.accounts": (1, 0)},
}  # fmt: skip
ENDED = {
    "aj-dk": {"marketing.subscribers": (1, 0), "marketing.consents": (0, 1)},
    "aj-se": {"service.subscribers": (0, 1), "service.consents": (0, 1)},
    "ajour": {"crm.customers": (1, 0), "accounting.accounts": (1, 0)},
}
"""Rows marked, rows gone: what was held for this alone (Art. 17(1)(b)-(c)); clicks keep a Danish subscriber's row."""


def counted(found):
    """How many rows are other than before, and how many are gone, by table."""
    gone, new = found
    return {table: (len(new.get(table, ())), len(rows) - len(new.get(table, ()))) for table, rows in gone.items()}


@everywhere
def test_marketing_stops_within_the_minute(walk, town, slug):
    """One field and a button, by anybody; the person hears of it by one mail, a stranger sees nothing of it."""
    own, land = walk(slug), LANDS[slug]
    stranger = Browser()
    stranger.open(f"/{slug}/stop/")
    answered = stranger.press(email=own.person.who.email)
    assert answered.status == 200
    town.workers.run()
    assert own.customer("no_marketing_since") == "2026-11-22"
    assert counted(own.changed()) == STOPPED[slug]  # this person's rows, and nobody else's
    (mail,) = town.post.to(own.person.who.email)
    page = Browser().open(next(link for link in mail.links if "/s/" in link))
    own.person.reference = page.url.split("/")[2]
    assert own.person.reference not in answered.text
    assert Browser(stranger.client).open(f"/case/{own.person.reference}/").url != f"/case/{own.person.reference}/"
    letter = own.letter("24. november 2026" if slug != "aj-se" else "24 november 2026")
    assert own.person.who.email not in letter
    nobody = Browser()
    nobody.open(f"/{slug}/stop/")
    assert nobody.press(email="nobody.at.all@example.net").text == answered.text
    assert land.authority in letter


@everywhere
def test_a_consent_ends_as_easily_as_it_began(walk, town, slug):
    own, land = walk(slug), LANDS[slug]
    person = own.person
    page = person.ask("withdraw_consent", withdraw_consent=land.why)
    assert "/identity/" not in person.browser.open(f"/case/{person.reference}/").tree.xpath("string(//main)")
    assert page.status == 200
    assert counted(own.changed()) == ENDED[slug]
    own.letter(land.reads.format(7))
    assert not town.post.to(person.who.email)[0].holds_code


# --- Art. 22(3) ------------------------------------------------------------------------------------------------------
@everywhere
def test_a_person_with_a_name_looks_at_the_decision_anew(walk, town, slug):
    own, land = walk(slug), LANDS[slug]
    person, office, desk = own.person, own.office, own.office.caseworker
    person.ask("automated_decision", automated_decision=land.why, automated_decision_view=f"{land.why} Nei.")
    person.prove()
    own.begin("automated_decision")
    page = desk.open(f"cases/{person.reference}/automated_decision/decision/")
    assert f"{land.why} Nei." in page.text  # the person's own view stands before the reviewer
    said = {"decision_id": land.decision, "explanation": land.why, "outcome_of_review": "overturned",
            "holds": "OK.", "reasons": land.why, "saw_all": True}  # fmt: skip
    said["outcome_of_review"] = page.tree.xpath("//input[@name='outcome_of_review']/@value")[-1]
    assert desk.browser.press("submit", **said).status == 422  # without the authority to change it it is no review
    office.submitted(desk.press("submit", **said, has_authority=True))
    own.end("automated_decision")
    own.letter(land.reads.format(22), "Karin Holm", land.why)


ERASED = {
    "shop.customers": (1, 0), "erp.accounts": (1, 0), "erp.invoices": (1, 0), "shop.addresses": (0, 1),
    "shop.logins": (0, 1), "shop.preferences": (0, 1), "shop.orders": (0, 1), "shop.order_lines": (0, 1),
    "shop.payments": (0, 1), "shop.messages": (0, 2), "marketing.subscribers": (0, 1), "marketing.segments": (0, 1),
    "marketing.consents": (0, 1), "marketing.clicks": (0, 3),
}  # fmt: skip
"""Rows cut down to what bookkeeping needs, and rows gone."""


# --- Art. 17 ---------------------------------------------------------------------------------------------------------
def test_astrid_has_her_copy_before_she_is_erased_and_no_link_outlives_it(walk, town):
    """R-44: the erasure waits for the copy. Then every earlier bundle and link is void."""
    own = walk("aj-dk")
    astrid, office = own.person, own.office
    astrid.ask("access", "erasure", tell_later=True)
    astrid.prove()
    own.begin("erasure")
    office.submit_plan(astrid.reference)
    own.end("erasure")
    assert own.changed() == ({}, {})  # approved, and still nothing gone: her copy comes first
    office.answer_access(astrid.reference)
    assert data_of(astrid.download())["shop.customers"]
    link = astrid.link("/download/")
    town.workers.minute()
    gone, new = own.changed()
    assert astrid.who.email not in str(new)
    assert counted((gone, new)) == ERASED
    assert Browser().open(link).text == Browser().open("/download/" + "A" * 43 + "/").text  # as if it had never been
    own.letter(own.land.reads.format(17))
