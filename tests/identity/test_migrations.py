"""A portal that already has cases is brought up to date, on PostgreSQL, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FROM_FIRST = """
import django; django.setup()
import json
from datetime import datetime, timezone
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
call_command("migrate", "identity", "0001", skip_checks=True, verbosity=0)
old = MigrationExecutor(connection).loader.project_state([("identity", "0001_initial")]).apps
now = datetime(2026, 10, 1, tzinfo=timezone.utc)
case = old.get_model("requests_app", "Case").objects.create(
    controller="aj-dk", language="da", received_on=now.date(), received_at=now, person={"name": "A"})
def begun(method, status):
    return old.get_model("identity", "Verification").objects.create(
        case=case, method=method, level=3, status=status, created_at=now, expires_at=now)
twice = [begun("document", "open"), begun("document", "open")]
begun("email_link", "passed")
for number, attempt in enumerate([*twice, *twice]):  # each with a front and a back
    file = old.get_model("requests_app", "SealedFile").objects.create(name=f"f{number}", created_at=now)
    old.get_model("identity", "Evidence").objects.create(
        verification=attempt, file=file, document="passport", created_at=now, destroy_by=now)
call_command("migrate", skip_checks=True, verbosity=0)
from identity.models import Evidence, Verification
print(json.dumps([list(Verification.objects.values_list("method", "document", "status")),
                  list(Evidence.objects.values_list("side", "masked_by"))]))
"""


def test_attempts_with_several_pages_come_along(tmp_path, postgres_url):
    environ = os.environ | {
        "DATABASE_URL": postgres_url, "DSAR_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT), "DSAR_DEMO": "",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", FROM_FIRST], env=environ, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    attempts, pages = json.loads(done.stdout)
    assert attempts == [
        ["document", "passport", "expired"], ["document", "passport", "open"], ["email_link", "", "passed"]
    ]  # fmt: skip
    assert pages == [["front", "browser"]] * 4
