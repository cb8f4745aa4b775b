"""Portability (Art. 20): what Bodil gave, or left behind by shopping there, as files to carry elsewhere."""

import io
import json

import jsonschema
import pypdf

from tests.journeys.people import data_of


def test_bodil_carries_what_she_gave_elsewhere(town):
    bodil, office = town.person("aarstiderne", "bodil"), town.office("aarstiderne")
    assert "Dataportabilitet" in bodil.browser.open("/aarstiderne/").text
    bodil.ask("portability")
    bodil.prove()
    office.answer_access(bodil.reference, "portability")
    zipped = bodil.download()

    data = json.loads(zipped.read("data.json"))
    jsonschema.validate(data, json.loads(zipped.read("data.schema.json")))
    tables = data_of(zipped)
    assert tables["shop.customers"][0]["fields"]["email"] == bodil.who.email
    assert zipped.read("letter.pdf").startswith(b"%PDF") and "extract.pdf" not in zipped.namelist()
    kinds = (".json", ".csv", ".pdf", ".sig", "README.txt", "index.html")
    assert all(name.endswith(kinds) for name in zipped.namelist())
    assert {name.split(".")[0] for name in tables} == {"shop", "newsletter"}  # nothing made by others, no bookkeeping
    assert {row["fields"]["order_no"] for row in tables["shop.orders"]} >= {"AAR-0002"}
    letter = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(zipped.read("letter.pdf"))).pages)
    for words in ("dataportabilitet", "artikel 20", "Dine ordrer", bodil.who.name):
        assert words in " ".join(letter.split())
    assert "Dine oplysninger er klar" in bodil.open_case().text
