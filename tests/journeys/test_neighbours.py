"""Who else is about: another customer of the company, a stranger, somebody who pretends, staff of another company."""

from tests.journeys.browser import Browser
from tests.journeys.people import data_of

OF_CASE = ("case/{0}/", "case/{0}/receipt/", "case/{0}/letters/1/", "case/{0}/letters/1/pdf/", "case/{0}/withdraw/",
           "identity/{0}/", "identity/{0}/email_link/", "download/{0}/1/", "download/{0}/1/file/")  # fmt: skip
NO_CASE = "AJDK-2222-2222"


def _sees(browser, reference):
    """Status, place and words of every page of a case, with the reference taken out."""
    pages = [browser.open("/" + place.format(reference)) for place in OF_CASE]
    return [(page.status, page.url.replace(reference, "*"), page.text.replace(reference, "*")) for page in pages]


def test_nobody_else_sees_a_case_or_that_there_is_one(town):
    astrid, bent, office = town.person("aj-dk", "astrid"), town.person("aj-dk", "bent"), town.office("aj-dk")
    astrid.ask("access")
    astrid.prove()
    office.answer_access(astrid.reference)
    bent.ask("access")
    stranger = Browser()
    for who in (stranger, bent.browser):
        seen = _sees(who, astrid.reference)
        assert seen == _sees(who, NO_CASE)
        assert all(astrid.who.name not in words for _status, _url, words in seen)
    assert bent.reference not in Browser().open(f"/case/{astrid.reference}/").text

    others = town.office("ajour")
    others.caseworker.log_in()
    assert astrid.reference not in others.caseworker.open("cases/").text
    for place in ("", "access/review/", "access/approve/", "access/bundle/zip/", "letters/1/", "identity/seen/"):
        mine, none = (others.caseworker.open(f"cases/{one}/{place}") for one in (astrid.reference, NO_CASE))
        assert mine.status == none.status == 404, place
    assert others.caseworker.open(f"cases/?q={astrid.who.email}").text.count(astrid.reference) == 0


def test_the_page_says_the_same_whether_somebody_is_a_customer_or_not(town):
    astrid, nobody = town.person("aj-dk", "astrid"), town.person("aj-dk", "astrid")
    nobody.who = nobody.who.__class__(**{
        **{name: getattr(nobody.who, name) for name in nobody.who.__dataclass_fields__},
        "name": "Ole Ukendt", "email": "ole.ukendt@example.com", "phone": "+4500999999", "customer_no": "999999",
    })  # fmt: skip
    told = []
    for person in (astrid, nobody):
        receipt = person.ask("access")
        person.browser.open(f"/identity/{person.reference}/")
        person.browser.follow("email_link")
        sent = person.browser.press()
        town.workers.run()
        after = person.browser.open(f"/identity/{person.reference}/")
        told.append([_without(page.text, person) for page in (receipt, sent, after)])
    assert told[0] == told[1]
    assert any("/identity/proof/" in mail.text for mail in town.post.to(astrid.who.email))
    assert not any("/identity/proof/" in mail.text for mail in town.post.to(nobody.who.email))


def _without(text, person):
    for one in (person.reference, person.who.email):
        text = text.replace(one, "*")
    return text


def test_whoever_types_anothers_numbers_gets_only_their_own(town):
    """Bent proves his own address and types Astrid's customer number, telephone and e-mail beside it."""
    bent, astrid, office = town.person("aj-dk", "bent"), town.person("aj-dk", "astrid"), town.office("aj-dk")
    hers = astrid.who
    bent.ask("access", customer_no=hers.customer_no, phone=hers.phone, order_no=hers.order_no, other_emails=hers.email)
    bent.prove_by_mail()
    assert "Det svarer ikke til det, vi har registreret." in bent.answer_question("last_order", hers.order_no).text
    bent.answer_question("last_order", bent.who.order_no)
    office.start(bent.reference, "access")
    town.workers.run()
    page = office.caseworker.open(f"cases/{bent.reference}/access/review/")
    assert "Submit: some records still wait for a decision." in page.text  # every row of hers is held
    why = "Disse poster hører til en anden kunde."
    office.review(bent.reference, "access", ground="others_rights", reason=why)
    office.approve(bent.reference, "access")
    town.workers.run()
    zipped = bent.download()
    names = [name for name in zipped.namelist() if not name.endswith((".pdf", ".sig"))]
    held = b"".join(zipped.read(name) for name in names).decode()
    assert bent.who.email in held and why in held
    assert hers.email not in str(data_of(zipped)) and "DK-0001" not in held and "Lærkestien" not in held
