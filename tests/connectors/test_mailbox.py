"""A mailbox on a real IMAP server: found by address, read without a trace, whatever the messages are made of."""

import ssl
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage

import pytest
import yaml
from fideslang.models import Dataset
from imapclient import IMAPClient

from connectors import walk
from connectors.base import Ability, Identity
from connectors.errors import ConnectorError
from connectors.mailbox import message
from connectors.mailbox.connector import MailboxConnector
from connectors.mailbox.session import login
from policies.mailbox_way import MailboxWay
from policies.spelling import Spelling
from tests.connectors.contract import Contract, Served
from tests.connectors.dovecot import PASSWORD, USER, Server, dovecot
from tests.fulfilment.added import examples

OWN = "service@aj.example"
ANNA, BERIT = "anna@example.org", "berit@example.org"


def letter(sender: str, to: str, subject: str, body: str = "Hej", **more: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = "Mon, 02 Nov 2026 10:00:00 +0100"
    for name, value in more.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail.as_bytes()


def _with_attachment() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = OWN, "Anna Ærø <Anna@Example.org>", "Faktura nr. 7 – æøå"
    mail.set_content("Se vedhæftet.")
    mail.add_alternative("<style>p{}</style><p>Se <b>vedhæftet</b>.</p><script>x()</script>", subtype="html")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="faktura æ.pdf")
    mail.add_attachment(b"\x78\x9f\x3e\x22", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    return mail.as_bytes()


MESSAGES: dict[str, list[bytes]] = {
    "INBOX": [
        letter(ANNA, OWN, "Hvor er min ordre?"),
        letter(BERIT, OWN, "En anden", "Anna nævnes her: anna@example.org"),  # in the body alone: not hers
        letter("joanna@example.org", OWN, "Lignende"),  # her address stands inside another
        letter(BERIT, OWN, "Fælles klage", Cc=f"Anna <{ANNA}>"),
    ],
    "Sendt & æ": [
        _with_attachment(),
        letter(OWN, BERIT, "Svar til en anden"),
    ],
}
BROKEN = [
    b"From: =?nonsense-8?B?????= <anna@example.org>\r\nSubject: =?utf-8?B?w6bDuMO?=\r\nDate: yesterday\r\n"
    b"Content-Type: text/plain; charset=klingon\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVqIMOm!!\r\n",
    b"From: Anna <anna@example.org>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
    b"Content-Type: text/html\r\n\r\n<p>Uden ende",
    b"From: anna@example.org\r\nSubject: r\xe5 bytes\r\nContent-Type: text/plain\r\n\r\nr\xe5t\r\n",
    b"From: anna@example.org\r\nContent-Type: message/rfc822\r\n\r\n"
    b"From: berit@example.org\r\nSubject: indre\r\n\r\nHej\r\n",
    b"not a header at all\r\nTo: anna@example.org\r\n\r\nbody\r\n",
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with dovecot() as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(running.authority))
        with client(running) as box:
            for folder, messages in MESSAGES.items():
                if folder != "INBOX":
                    box.create_folder(folder)
                for one in messages:
                    box.append(folder, one)
            box.create_folder("Broken")
            for one in BROKEN:
                box.append("Broken", one)
        yield running


def client(running: Server) -> IMAPClient:
    box = IMAPClient("127.0.0.1", running.tls, ssl_context=ssl.create_default_context(cafile=str(running.authority)))
    box.plain_login(USER, PASSWORD)
    return box


def mapped() -> Dataset:
    return Dataset.model_validate(yaml.safe_load(examples()["datasets/mailbox.yaml"])["dataset"][0])


def connector(url: str, **way: object) -> MailboxConnector:
    given = {"folders": tuple(MESSAGES), "own": ("@aj.example",)} | way
    return MailboxConnector("mailbox", url=url, dataset=mapped(), way=MailboxWay(**given))


def found(box: MailboxConnector, *emails: str) -> list:
    return list(walk.find([box], Identity({"email": emails})))


@pytest.fixture(scope="module")
def served(server: Server) -> Iterator[Served]:
    box = connector(server.url())
    gone = connector("imaps://service%40aj.example:x@127.0.0.1:9")
    yield Served(box, gone=gone, person=Identity({"email": (ANNA,)}), counts={"messages": 3})
    box.close()


class TestMailbox(Contract):
    pass


def test_a_message_is_a_record_whole_and_names_who_else_is_in_it(served: Served) -> None:
    invoice, complaint, order = sorted(found(served.connector, ANNA), key=lambda one: one.fields["subject"])
    assert [one.fields["subject"] for one in (order, complaint, invoice)] == [
        "Hvor er min ordre?", "Fælles klage", "Faktura nr. 7 – æøå"]  # fmt: skip
    assert set(order.key) == {"folder", "uidvalidity", "uid"} and order.key["folder"] == "INBOX"
    assert order.fields["body"] == "Hej" and order.fields["date"] == "2026-11-02T10:00:00+01:00"
    assert [one.shared for one in (order, complaint, invoice)] == [False, True, False]  # Berit's, too (Art. 15(4))
    assert complaint.fields["addresses"] == [BERIT, ANNA]
    assert invoice.fields["body"] == "Se vedhæftet."
    assert [(one["name"], one["size"]) for one in invoice.fields["attachments"]] == [
        ("faktura æ.pdf", 8), ("winmail.dat", 4)]  # fmt: skip
    assert invoice.unmapped == ("message_id", "bcc", "reply_to", "body_left_out", "size")


def test_nothing_becomes_read_and_nothing_can_be_written(server: Server, served: Served) -> None:
    found(served.connector, ANNA, BERIT)
    with client(server) as box:
        for folder in MESSAGES:
            box.select_folder(folder, readonly=True)
            flags = box.get_flags(box.search())
            assert flags and not any(b"\\Seen" in one for one in flags.values())
    assert Ability.CHANGE not in served.connector.abilities


def test_a_message_again_by_its_key_and_not_by_anothers(served: Served) -> None:
    order = next(one for one in found(served.connector, ANNA) if one.key["folder"] == "INBOX")
    (again,) = served.connector.by_key("messages", [order.key, dict(order.key, uid=999)])
    assert again.fields == order.fields and again.fingerprint == order.fingerprint
    for other in (dict(order.key, uidvalidity=1), dict(order.key, folder="Nowhere"), dict(order.key, uid="1:*")):
        assert list(served.connector.by_key("messages", [other])) == []


@pytest.mark.parametrize("value", [
    'a"@b.c', "a\\@b.c", "a@b.c\r\nA1 DELETE INBOX", "a@b.c {3}\r\nxxx", "(OR ALL ALL)@b.c", "æ@øre.dk", "@", "a@",
    "*@*", "a@b.c\0",
])  # fmt: skip
def test_no_value_becomes_a_command(server: Server, served: Served, value: str) -> None:
    assert found(served.connector, value) == []
    asked = {"where": ("addresses",), "values": [(value,)], "columns": message.COLUMNS, "kind": "email"}
    assert list(served.connector.rows("messages", **asked)) == []
    assert len(found(served.connector, ANNA)) == 3  # the session is as it was


def test_broken_messages_are_read_as_far_as_they_can_be(server: Server) -> None:
    box = connector(server.url(), folders=("Broken",), attachments="included")
    records = found(box, ANNA)
    assert len(records) == len(BROKEN)
    told = [(one.fields["subject"], one.fields["body"]) for one in records]
    assert told[0][1].startswith("Hej") and told[1] == ("", "Uden ende") and "rå" in told[2][1]
    (inside,) = records[3].fields["attachments"]
    assert inside["type"] == "message/rfc822" and inside["content"].startswith("base64:")
    assert records[3].shared is False and all(one.fields["date"] for one in records)
    box.close()


def test_what_is_not_asked_for_is_not_read(server: Server) -> None:
    url = server.url()
    assert len(found(connector(url, folders=()), ANNA)) == 3 + len(BROKEN)
    assert [one.fields["subject"] for one in found(connector(url, headers=("from",)), ANNA)] == ["Hvor er min ordre?"]
    assert found(connector(url, since=date(2999, 1, 1)), ANNA) == []
    (order, *_rest) = found(connector(url, body=2, headers=("from",)), ANNA)
    assert (order.fields["body"], order.fields["body_left_out"]) == ("He", 1)
    assert found(connector(url), OWN) == []  # the company's own address is nobody's
    spelt = MailboxConnector(
        "mailbox", url=url, dataset=mapped(), way=MailboxWay(own=("@aj.example",), folders=("INBOX",)),
        normalise={"email": Spelling(**{"as": "email", "dots": ("example.org",)})},
    )  # fmt: skip
    assert len(found(spelt, "an.na@example.org")) == 2


def test_starttls_a_wrong_password_and_a_stranger(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(found(connector(server.url(scheme="imap")), ANNA)) == 3
    assert connector(server.url()).describe() == []
    assert [one.code for one in connector(server.url(), folders=("Gone",)).describe()] == ["missing_table"]
    with pytest.raises(ConnectorError, match="permission") as wrong:
        found(connector(server.url(password="hemmeligt")), ANNA)
    assert "hemmeligt" not in repr(wrong.value) and wrong.value.permanent
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(ConnectorError, match="tls"):  # nobody we know vouches for it: no password is sent
        found(connector(server.url()), ANNA)
    for url in ("https://a:b@c", "imaps://host", "imaps://a:b@h:x", ""):
        with pytest.raises(ConnectorError, match="bad_url"):
            login(url, source="mailbox")
