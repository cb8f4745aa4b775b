"""A case with a mailbox among its sources, from the search to the day the owner has erased the messages."""

import re

import pytest
import time_machine
from django.test import Client

from fulfilment import pipeline
from fulfilment.asking import minding
from fulfilment.planning import plans
from fulfilment.removing import erasure
from law.rights import Right
from requests_app.models import Letter
from requests_app.states import Stage
from tests.connectors.dovecot import dovecot
from tests.connectors.test_mailbox import client, letter
from tests.fulfilment.added import add
from tests.fulfilment.conftest import NOW
from tests.fulfilment.walk import approved, run, shown

pytestmark = pytest.mark.django_db
OWN = "info@company.example"


def test_messages_are_found_held_where_others_are_in_them_and_erased_by_the_owner(
    company, make_claim, staff, monkeypatch
):
    add(company / "controllers" / "aj-dk", "mailbox")
    with dovecot() as server, time_machine.travel(NOW, tick=False):
        monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
        monkeypatch.setenv("DSAR_SOURCE_MAILBOX", server.url())
        claim = make_claim("astrid", Right.erasure)
        her = claim.case.person["email"]
        with client(server) as box:
            box.create_folder("Sent")
            box.append("INBOX", letter(her, OWN, "Hvor er min ordre?"))
            box.append("Sent", letter(OWN, her, "Svar", Cc="berit@example.org"))
            box.append("INBOX", letter("berit@example.org", OWN, "En anden"))
        run(claim)
        assert claim.stage == Stage.REVIEW
        found = shown(claim, "mailbox", "messages")
        assert sorted((one.state, one.shared) for one in found) == [("", False), ("held", True)]
        plan = plans.current(claim)
        left = {(row["source"], row["collection"]) for row in plan.summary if row["outcome"] == "undetermined"}
        assert ("mailbox", "messages") in left  # no program erases there: the plan says so before anything is done
        for source, table in left:
            plans.decide(
                claim, source=source, collection=table, number=None, ground="", reason="Slettes i postkassen.",
                outcome="by_hand" if source == "mailbox" else "not_theirs", keep_through=None, round=1, now=NOW,
                user=staff["preparer"],
            )  # fmt: skip
        erasure.remake(claim, now=NOW)
        run(approved(claim, staff))
        assert claim.hand_tasks.get().source == "mailbox" and minding.mind(now=NOW) == 1
        task, owner = claim.owner_tasks.get(), Client()
        owner.post(re.search(r"/asked/[\w-]{43}/", Letter.objects.get(kind="owner_asked").text)[0])
        owner.post(f"/asked/{task.uid}/", {"answer": "done", "said": "Slettet"})
        run(claim)
        assert claim.stage == Stage.FULFILLING and pipeline.failed(claim)[0].error == "by_hand_left"  # it was not
        with client(server) as box:
            for folder in ("INBOX", "Sent"):
                box.select_folder(folder)
                box.delete_messages(box.search(["OR", "FROM", her, "TO", her]))
                box.expunge()
        pipeline.retry(claim, user=staff["preparer"], now=NOW)
        run(claim)
        assert claim.stage == Stage.CLOSED
        with client(server) as box:
            box.select_folder("INBOX", readonly=True)
            assert len(box.search()) == 1  # Berit's is as it was
