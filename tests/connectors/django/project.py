"""A small Django project in a folder of its own, with `dsar_source` copied into it, served by gunicorn on loopback.

It sees nothing of the portal: what it needs of us is in that one folder.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.django.connector import DjangoConnector
from policies.http_way import DjangoWay
from tests.conftest import ROOT
from tests.connectors.contract import ROWS, dataset

KEY = base64.b64encode(b"k" * 32).decode()
WAY = DjangoWay(key_id="portal", secret_env="DSAR_SOURCE_SHOP_KEY", private_addresses=True)
ENVIRON = {"DSAR_SOURCE_SHOP_KEY": KEY}

SETTINGS = """
from pathlib import Path

SECRET_KEY, ALLOWED_HOSTS, ROOT_URLCONF, USE_TZ = "for-tests", ["127.0.0.1"], "urls", True
INSTALLED_APPS = ["shop", "dsar_source"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(__file__).parent / "shop.sqlite"}}
DSAR_SOURCE = {
    "KEYS": {"portal": "%(key)s"},
    "DATASET": "small_shop",
    "MODELS": {
        "shop.Customer": ["id", "email", "customer_no", "name", "shoe_size"],
        "shop.Order": "__all__",
        "shop.OrderLine": ["order", "line_no", "engraving"],
    },
}
"""
URLS = """
from django.urls import include, path

urlpatterns = [path("dsar/", include("dsar_source.urls"))]
"""
MODELS = """
from django.db import models


class Customer(models.Model):
    email = models.EmailField(null=True)
    customer_no = models.CharField(max_length=20, null=True)
    name = models.CharField(max_length=60)
    shoe_size = models.CharField(max_length=10, null=True)
    password = models.CharField(max_length=60, default="not-to-be-seen")

    class Meta:
        db_table = "customers"


class Order(models.Model):
    order_no = models.CharField(max_length=20)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True)
    total = models.IntegerField()
    ordered_on = models.DateField()

    class Meta:
        db_table = "orders"


class OrderLine(models.Model):
    pk = models.CompositePrimaryKey("order_id", "line_no")
    order = models.ForeignKey(Order, models.CASCADE)
    line_no = models.IntegerField()
    engraving = models.CharField(max_length=60, null=True)

    class Meta:
        db_table = "order_lines"


class Complaint(models.Model):  # in no setting: nobody may read it, nor lose it
    order = models.ForeignKey(Order, models.CASCADE)
    text = models.TextField()

    class Meta:
        db_table = "complaints"


class Credit(models.Model):  # in no setting but that of one test
    owed = models.DecimalField(max_digits=8, decimal_places=2)
    left = models.DecimalField(max_digits=8, decimal_places=2)
    seen = models.DateTimeField()

    class Meta:
        db_table = "credits"


class Remark(models.Model):  # the project leaves it to nobody to look at its rows
    credit = models.ForeignKey(Credit, models.DO_NOTHING)

    class Meta:
        db_table = "remarks"
"""
FILL = """
import json, sys
import django

django.setup()
from django.core.management import call_command
from shop.models import Complaint, Customer, Order, OrderLine

call_command("migrate", run_syncdb=True, verbosity=0)
rows = json.load(sys.stdin)
for model in (Customer, Order, OrderLine):
    model.objects.bulk_create(model(**row) for row in rows[model._meta.db_table])
Complaint.objects.create(order_id=102, text="too late")
"""


@dataclass
class Project:
    folder: Path
    url: str = ""

    def python(self, *arguments: str, given: str = "", **environ: str) -> str:
        """What a process of the project says. Only its own folder is on its path."""
        done = subprocess.run([sys.executable, *arguments], cwd=self.folder, env=self.environ | environ, input=given,
                              capture_output=True, text=True, timeout=60)  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.folder), "DJANGO_SETTINGS_MODULE": "settings"}

    def connector(self, **changed: Any) -> DjangoConnector:
        given: dict[str, Any] = {"url": f"{self.url}/dsar", "dataset": dataset(), "way": WAY, "environ": ENVIRON}
        return DjangoConnector("small", **(given | changed), pause=lambda _: None)


@contextmanager
def serving(folder: Path) -> Iterator[Project]:
    """The project, filled with the data set of the contract, answers at `url`."""
    project = Project(folder)
    shutil.copytree(ROOT / "dsar_source", folder / "dsar_source", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "shop").mkdir()
    for name, text in {"settings.py": SETTINGS % {"key": KEY}, "urls.py": URLS, "shop/__init__.py": "",
                       "shop/models.py": MODELS, "fill.py": FILL}.items():  # fmt: skip
        (folder / name).write_text(text)
    project.python("fill.py", given=json.dumps(ROWS))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    project.url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "django.core.wsgi:get_wsgi_application()", "--threads", "4",
               "--bind", f"127.0.0.1:{port}", "--graceful-timeout", "1", "--log-level", "error"]  # fmt: skip
    server = subprocess.Popen(command, cwd=folder, env=project.environ)
    try:
        _wait(port, server)
        yield project
    finally:
        server.terminate()
        server.wait(10)


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert server.poll() is None, "the project did not start"
        with socket.socket() as knocking:
            if knocking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the project does not answer")
