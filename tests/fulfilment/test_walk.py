"""From the start of collecting to the bundle in the person's hand, with real databases and files."""

import io
import json
import re
import zipfile

from fulfilment import approval, pipeline, records, review
from fulfilment.models import Delivery
from requests_app.models import Letter
from tests.fulfilment.conftest import NOW


def run(claim, now=NOW):
    while pipeline.advance(claim, now=now) is not pipeline.Progress.RESTS:
        claim.refresh_from_db()
    return claim


def test_access_from_collecting_to_download(make_claim, staff, client):
    claim = run(make_claim())
    assert claim.stage == "review"
    found = {(one.source, one.collection): one for one in records.tables(claim, language="da")}
    assert found["shop", "customers"].count == 1
    for one in found.values():
        for record in records.records(claim, source=one.source, collection=one.collection, language="da"):
            if record.state == "held":
                review.hand_out(claim, source=one.source, collection=one.collection, numbers=[record.number],
                                user=staff["preparer"], now=NOW)
    digest = approval.submit(claim, outcome="granted", user=staff["preparer"], now=NOW)
    approval.approve(claim, digest=digest, user=staff["approver"], now=NOW)
    run(claim)
    assert claim.stage == "closed", pipeline.failed(claim)

    made = Delivery.objects.get(claim=claim)
    mail = Letter.objects.get(kind="delivery_ready")
    path = re.search(r"/download/[\w-]+/", mail.text)[0]
    page = client.get(path, follow=True)
    assert page.status_code == 200
    client.post(f"/download/{claim.case.reference}/{made.pk}/code/")
    code = re.search(r"\b\d{6}\b", Letter.objects.get(kind="download_code").text)[0]
    client.post(f"/download/{claim.case.reference}/{made.pk}/code/", {"code": code})
    answer = client.get(f"/download/{claim.case.reference}/{made.pk}/file/")
    content = b"".join(answer.streaming_content)
    zipped = zipfile.ZipFile(io.BytesIO(content))
    data = json.loads(zipped.read("data.json"))
    assert {"shop", "erp", "marketing"} == {table["system"] for table in data["tables"]}
    assert claim.approved_digest == json.loads(zipped.read("manifest.json"))["content"]
