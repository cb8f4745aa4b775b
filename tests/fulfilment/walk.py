"""What workers, staff and the person do, in a few words."""

import io
import re
import sqlite3
import zipfile

from fulfilment import approval, pipeline
from fulfilment.collecting import records, review
from fulfilment.models import Delivery
from requests_app.models import Letter
from tests.fulfilment.conftest import NOW


def run(claim, *, now=NOW):
    """The workers, until nothing more can be done now."""
    while pipeline.advance(claim, now=now) is not pipeline.Progress.RESTS:
        claim.refresh_from_db()
    claim.refresh_from_db()
    return claim


def shown(claim, source, collection, language="da"):
    return records.records(claim, source=source, collection=collection, language=language, count=10_000)


def release_all(claim, staff):
    """The reviewer hands out whatever is held."""
    for table in records.tables(claim, language=claim.case.language):
        held = [one.number for one in shown(claim, table.source, table.collection) if one.state == "held"]
        if held:
            review.hand_out(claim, source=table.source, collection=table.collection, numbers=held,
                            user=staff["preparer"], now=NOW)  # fmt: skip


def approved(claim, staff, *, outcome="granted", **decision):
    digest = approval.submit(claim, outcome=outcome, user=staff["preparer"], now=NOW, **decision)
    return approval.approve(claim, digest=digest, user=staff["approver"], now=NOW, confirmed=True)


def delivered(claim, staff):
    """From collecting to the link in the mail."""
    run(claim)
    release_all(claim, staff)
    return run(approved(claim, staff))


def follow_link(client, kind="delivery_ready"):
    mail = Letter.objects.filter(kind=kind).latest("pk")
    return client.get(re.search(r"/download/[\w-]+/", mail.text)[0], follow=True)


def address(claim, tail=""):
    made = Delivery.objects.filter(claim=claim).latest("pk")
    return f"/download/{claim.case.reference}/{made.pk}/{tail}"


def mailed_code():
    return re.search(r"\b\d{6}\b", Letter.objects.filter(kind="download_code").latest("pk").text)[0]


def download(client, claim):
    """The person: link, code, file."""
    follow_link(client)
    client.post(address(claim, "code/"))
    client.post(address(claim, "code/"), {"code": mailed_code()})
    answer = client.get(address(claim, "file/"))
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def sql(company, source, statement, *values, many=None):
    with sqlite3.connect(company / "sources" / "aj-dk" / f"{source}.sqlite") as database:
        if many:
            database.executemany(statement, many)
        rows = [] if many else database.execute(statement, values).fetchall()
    database.close()
    return rows
