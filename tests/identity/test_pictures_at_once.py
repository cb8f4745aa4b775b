"""Two who cover, send, expire or hand in a picture at once, and one killed, on PostgreSQL: no key outlives its row."""

import os
import signal

import pytest

from tests.identity.test_at_once import CASES, COMMON, portal, prepared

__all__ = ["portal", "prepared"]
pytestmark = pytest.mark.timeout(900)
PICTURES = COMMON + """
import io
from PIL import Image
from identity.models import Evidence
from identity.pictures import staging, vault
from identity.pictures.covering import Box
from requests_app import vault as files
from requests_app.door.clean import Refused
def picture():
    out = io.BytesIO()
    Image.new("RGB", (640, 400), "red").save(out, "JPEG")
    return out.getvalue()
def staged():
    return list(Evidence.objects.select_related("verification__case").order_by("pk"))
NOW = at(23, 11)
"""
STAGE = PICTURES + """
for case in Case.objects.order_by("pk"):
    attempt = flows.start(case, Means.document, now=NOW)
    vault.keep(attempt, pages=[picture()], side="front", masked_by=sys.argv[2],
               now=datetime.fromisoformat(sys.argv[3]))
"""
COVER = PICTURES + """
pages = staged()
together(sys.argv[2])
for page in pages:
    staging.cover(page, boxes=[Box.parse(sys.argv[3])], now=NOW)
"""
LOOK = PICTURES + """
print(json.dumps([Image.open(io.BytesIO(files.read(one.file))).convert("L").getextrema()[1] for one in staged()]))
"""
KILLED = PICTURES + """
real = files.store
def store(*args, **more):
    stored = real(*args, **more)
    Path(f"{sys.argv[1]}/stored").touch()
    time.sleep(600)
files.store = store
vault.keep(flows.start(Case.objects.first(), Means.document, now=NOW), pages=[picture()], side="front", masked_by="",
           now=NOW)
"""
ANEW = PICTURES + """
pages, said = staged(), []
together(sys.argv[2])
for page in pages:
    try:
        vault.keep(page.verification, pages=[picture()], side="front", masked_by="", now=NOW)
        said.append("kept")
    except flows.Closed:
        said.append("sent already")
print(json.dumps(said))
"""
SEND = PICTURES + """
pages, said = staged(), []
together(sys.argv[2])
for page in pages:
    try:
        staging.send(page.verification, shown=[page.pk], document="passport", typed={},
                     now=datetime.fromisoformat(sys.argv[3]))
        said.append("sent")
    except Refused:
        said.append("another now")
    except flows.Closed:
        said.append("too late")
print(json.dumps(said))
"""
EXPIRE = PICTURES + """
together(sys.argv[2])
flows.expire(now=datetime.fromisoformat(sys.argv[3]))
"""
LIVE = "SELECT count(*) FROM requests_app_sealedfile WHERE purpose = 'evidence' AND wrapped_key IS NOT NULL"
SHOWN = """SELECT v.status, count(e.id), count(f.wrapped_key), min(e.masked_by) FROM identity_verification v
LEFT JOIN identity_evidence e ON e.verification_id = v.id LEFT JOIN requests_app_sealedfile f ON f.id = e.file_id
GROUP BY v.id, v.status"""


BEGUN = "2026-11-23T09:00+01:00"


def stage(portal, masked_by="", at=BEGUN):
    portal.finish(portal.begin(STAGE, masked_by, at))
    assert portal.ask(LIVE) == [(CASES,)]


def test_of_two_who_cover_at_once_both_are_black_and_one_key_is_left(portal):
    stage(portal)
    portal.at_once((COVER, "0,0,0.5,1"), (COVER, "0.5,0,0.5,1"))
    assert portal.ask(LIVE) == [(CASES,)], "a picture nobody points to can still be opened"
    brightest = portal.finish(portal.begin(LOOK))
    assert len(brightest) == CASES and max(brightest) < 12, "the boxes of one are lost"


def test_killed_between_the_picture_and_its_row_leaves_no_key(portal):
    killed = portal.begin(KILLED)
    portal.until(lambda: (portal.folder / "stored").exists(), [killed])
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert portal.ask(LIVE) == [(0,)]


def test_what_is_sent_is_what_was_shown_whatever_comes_in_meanwhile(portal):
    stage(portal)
    kept, sent = portal.at_once((ANEW,), (SEND, BEGUN))
    assert set(zip(kept, sent, strict=True)) <= {("kept", "another now"), ("sent already", "sent")}
    assert set(portal.ask(SHOWN)) <= {("open", 1, 1, ""), ("submitted", 1, 1, "server")}
    assert portal.ask(LIVE) == [(CASES,)]


@pytest.mark.parametrize(
    ("at", "late"),
    [(BEGUN, "2026-11-23T12:00+01:00"), ("2026-12-07T08:50+01:00", "2026-12-07T09:05+01:00")],
    ids=["hour", "fortnight"],
)
def test_sent_while_the_sweep_destroys_is_whole_or_not_sent(portal, at, late):
    """What nobody sent within the hour is destroyed, and after a fortnight the attempt, too; never what was sent."""
    stage(portal, "browser", at)
    sent, _ = portal.at_once((SEND, at), (EXPIRE, late))
    shown = [(status, pages, keys) for status, pages, keys, _ in portal.ask(SHOWN)]
    assert set(shown) <= {("submitted", 1, 1), ("open", 0, 0), ("expired", 0, 0)}, shown
    assert shown.count(("submitted", 1, 1)) == sent.count("sent")
