"""Access (Art. 15): from the question on the website to the extract in hand, in the person's own language."""

import hashlib
import io
import json

import pypdf
import pytest
import pyzipper

from tests.journeys.people import data_of


def test_astrid_gets_all_her_data_in_danish(town):
    astrid, office = town.person("aj-dk", "astrid"), town.office("aj-dk")
    receipt = astrid.ask("access")
    assert "Du får svar senest den 22. december 2026" in receipt.text and astrid.reference in receipt.text
    assert "Vi modtog din anmodning den 22. november 2026, og fristen løber fra dagen efter." in receipt.text
    assert "Du får svar senest den 22. december 2026." in astrid.mail("Vi har modtaget din anmodning").text

    astrid.confirm_address()
    assert "Vis, at det er dig" in astrid.open_case().text
    assert "Tak. Du har vist, hvem du er, og vi er gået i gang." in astrid.prove().text

    office.answer_access(astrid.reference)
    zipped = astrid.download()
    _holds_everything(zipped, astrid)
    assert "Dine oplysninger er klar" in astrid.open_case().text
    _attached_file_opens(astrid)
    for mail in town.post.to(astrid.who.email):  # never personal data in a plain mail
        told = [one for one in astrid.personal() - {astrid.who.email} if one in mail.text or one in mail.words()]
        assert not told, mail.text


def _holds_everything(zipped, person):
    data = data_of(zipped)
    assert {name.split(".")[0] for name in data} == {"shop", "erp", "marketing"}
    order = data["shop.orders"][0]
    assert order["fields"]["order_no"] == "DK-0001" and order["system"] == "shop" and order["key"] and order["time"]
    assert data["erp.invoices"] and data["marketing.consents"]
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(zipped.read("extract.pdf"))).pages)
    told = " ".join(text.split())
    letter = ("efter artikel 15 i databeskyttelsesforordningen", "Hvad vi bruger oplysningerne til",
              "artikel 15, stk. 1, litra h", "Datatilsynet", "22. november 2026", person.who.name)  # fmt: skip
    for words in (*letter, "DK-0001"):
        assert words in told, (words, told[:6000])
    assert "DK-0001" in zipped.read("tables/shop/orders.csv").decode("utf-8-sig")
    assert person.reference in zipped.read("README.txt").decode()
    manifest = json.loads(zipped.read("manifest.json"))
    for name in set(zipped.namelist()) - {"manifest.json", "manifest.sig"}:
        assert manifest["files"][name]["sha256"] == hashlib.sha256(zipped.read(name)).hexdigest()
    said = [name for name in zipped.namelist() if not name.endswith((".pdf", ".sig"))]
    everything = b"".join(map(zipped.read, said)).decode()
    for other in ("bent.ostergaard", "100002", "Dorthe", "erik.sorensen"):
        assert other not in everything


def _attached_file_opens(person):
    """The other way (policy: attach_encrypted): the file lies in the mailbox, its passphrase only behind the code."""
    mail = next(mail for mail in person.post.to(person.who.email) if mail.attachments)
    ((name, content),) = mail.attachments.items()
    person.ask_for_code()
    page = person.browser.press(code=person.mail_with_code().code)
    passphrase = page.tree.xpath("//main//code")[0].text
    assert passphrase not in mail.text
    with pyzipper.AESZipFile(io.BytesIO(content)) as sealed:
        with pytest.raises(RuntimeError):
            sealed.read(sealed.namelist()[0])
        sealed.setpassword(passphrase.encode())
        names = sealed.namelist()
        assert any(one.endswith(".pdf") for one in names) and any(one.endswith(".json") for one in names), (name, names)
        assert sealed.read(names[0])


def test_bo_gets_his_in_english(town):
    """A site manager at Ajos, who uses smartBYG; the English pages of a Danish company."""
    bo, office = town.person("ajos", "bo"), town.office("ajos")
    receipt = bo.ask("access", relation="business", about="Everything about my rentals")
    assert "You will have an answer" in receipt.text or "22 December 2026" in receipt.text, receipt.text
    bo.prove()
    office.answer_access(bo.reference)
    data = data_of(bo.download())
    assert {"crm", "ledger", "smartbyg"} == {name.split(".")[0] for name in data}
    assert "Agnete" not in json.dumps(data)
