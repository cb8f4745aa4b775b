"""The words for kinds of data: the one vocabulary of ``retention[].data`` and of ``kind`` in sources.yaml.

A company that needs another word adds it under ``own_kinds`` in its policy.yaml.
"""

from collections.abc import Mapping
from types import MappingProxyType

from policies.parts import Text


def _text(da: str, sv: str, nb: str, en: str) -> Text:
    return Text(da=da, sv=sv, nb=nb, en=en)


KINDS: Mapping[str, Text] = MappingProxyType({
    "contact": _text("navn, adresse og kundeoplysninger", "namn, adress och kunduppgifter",
                     "navn, adresse og kundeopplysninger", "name, address and customer details"),
    "email": _text("e-mailadresse", "e-postadress", "e-postadresse", "e-mail address"),
    "phone": _text("telefonnummer", "telefonnummer", "telefonnummer", "telephone number"),
    "national_id": _text("CPR-nummer", "personnummer", "fødselsnummer", "national identity number"),
    "photo_id": _text("kopi af legitimation", "kopia av legitimation", "kopi av legitimasjon",
                      "copy of an identity document"),
    "profile": _text("profil og præferencer", "profil och preferenser", "profil og preferanser",
                     "profile and preferences"),
    "login": _text("login til din profil", "inloggningar", "innlogginger", "log-ins to your account"),
    "usage": _text("brug af hjemmeside og app", "användning av webbplats och app", "bruk av nettsted og app",
                   "use of the website and app"),
    "log": _text("tekniske logfiler", "tekniska loggar", "tekniske logger", "technical logs"),
    "order": _text("ordrer og leveringer", "beställningar och leveranser", "bestillinger og leveringer",
                   "orders and deliveries"),
    "order_ip": _text("IP-adresse ved bestilling", "IP-adress vid beställning", "IP-adresse ved bestilling",
                      "IP address used when ordering"),
    "invoice": _text("fakturaer", "fakturor", "fakturaer", "invoices"),
    "voucher": _text("bogføringsbilag og betalinger", "verifikationer och betalningar",
                     "regnskapsbilag og betalinger", "accounting vouchers and payments"),
    "balance": _text("åbne saldi", "öppna saldon", "åpne saldoer", "open balances"),
    "card_token": _text("gemte kortoplysninger", "sparade kortuppgifter", "lagrede kortopplysninger",
                        "stored card details"),
    "warranty_record": _text("garantier", "garantier", "garantier", "warranties"),
    "case": _text("reklamationer og sager", "reklamationer och ärenden", "reklamasjoner og saker",
                  "complaints and cases"),
    "contract": _text("kontrakter", "avtal", "kontrakter", "contracts"),
    "delivery_note": _text("følgesedler og forretningskorrespondance", "följesedlar och affärskorrespondens",
                           "pakksedler og forretningskorrespondanse", "delivery notes and business correspondence"),
    "correspondence": _text("korrespondance med dig", "korrespondens med dig", "korrespondanse med deg",
                            "correspondence with you"),
    "digital_message": _text("beskeder i digitale kanaler", "meddelanden i digitala kanaler",
                             "meldinger i digitale kanaler", "messages in digital channels"),
    "survey": _text("svar på kundeundersøgelser", "svar på kundundersökningar", "svar på kundeundersøkelser",
                    "answers to customer surveys"),
    "enquiry": _text("henvendelser", "förfrågningar", "henvendelser", "enquiries"),
    "lead": _text("mulige kunder", "möjliga kunder", "mulige kunder", "possible customers"),
    "newsletter": _text("tilmelding til nyhedsbrev", "prenumeration på nyhetsbrev", "påmelding til nyhetsbrev",
                        "newsletter subscription"),
    "consent_evidence": _text("dokumentation for samtykke", "bevis om samtycke", "dokumentasjon for samtykke",
                              "evidence of consent"),
    "suppression": _text("spærreliste mod markedsføring", "spärrlista mot marknadsföring",
                         "sperreliste mot markedsføring", "list of those who do not want marketing"),
    "credit_check": _text("kreditvurdering", "kreditupplysning", "kredittvurdering", "credit check"),
})
