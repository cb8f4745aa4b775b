"""A company whose policy names the real provider of the tests, and a person who walks through it."""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse

from identity import tasks
from law.identification import Means
from requests_app.models import Case
from tests.conftest import ROOT
from tests.oidc.provider import Provider

SURE, UNSURE = "urn:example:substantial", "urn:example:low"
ACCOUNT, EID = "aj-dk.mine-sider", "aj-dk.mitid"
ENVIRONMENT = {"DSAR_LOG_IN_ACCOUNT_ID": "dsar-portal", "DSAR_LOG_IN_EID_ID": "dsar-portal"}


def returns(base: str) -> list[str]:
    """The addresses of the portal to which the provider may send people back."""
    return [f"{base}/identity/log-in/{one}/" for one in (ACCOUNT, EID, "aj-se.mine-sider", "aj-se.mitid")]


def companies(folder: Path, *, account: str, eid: str = "") -> Path:
    """Folders of aj-dk and aj-se with a log-in to the customer account and an eID. `account`, `eid`: the issuers."""
    log_ins = f"""
  log_ins:
    - id: mine-sider
      means: login
      name: {{da: Mine sider, sv: Mina sidor, en: My pages}}
      server_url: "{account}"
      client_id_env: DSAR_LOG_IN_ACCOUNT_ID
      client_secret_env: DSAR_LOG_IN_ACCOUNT_SECRET
      scopes: [openid, email, customer]
      match: {{email: email, customer_no: customer_no}}
    - id: mitid
      means: eid
      name: {{da: MitID, sv: MitID, en: MitID}}
      server_url: "{eid or account}"
      client_id_env: DSAR_LOG_IN_EID_ID
      client_secret_env: DSAR_LOG_IN_EID_SECRET
      scopes: [openid, profile]
      acr_values: ["{SURE}"]
      match: {{name: name, birth_date: birthdate}}
  login_offered: true
"""
    for slug, scheme in (("aj-dk", "MitID"), ("aj-se", "BankID")):
        shutil.copytree(ROOT / "controllers" / slug, folder / slug)
        file = folder / slug / "policy.yaml"
        plain = f"  eid: {{scheme: {scheme}, offered: false}}\n"
        text = file.read_text()
        assert plain in text
        file.write_text(text.replace(plain, plain.replace("false", "true") + log_ins.lstrip("\n")))
    return folder


class Walk:
    """One browser of one person, and the provider it meets."""

    def __init__(self, browser: Client, provider: Provider) -> None:
        self.browser, self.provider = browser, provider

    def leave(self, case: Case, connection: str) -> str:
        """Press the button; the address of the provider we are led to."""
        means = Means.eid if connection.endswith("mitid") else Means.login
        page = reverse("identity:method", args=[case.reference, means])
        about = re.findall(r'name="(whose)" value="(\w+)"', self.browser.get(page).content.decode())
        answer = self.browser.post(page, {"connection": connection, **dict(about)})
        assert answer.status_code == 200, (answer.status_code, answer.headers.get("Location"))
        found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.content.decode())
        assert found, answer.content.decode()
        return unescape(found[1])

    def back(self, address: str) -> Any:
        """Follow the provider's redirect into the portal."""
        parts = urlsplit(address)
        return self.browser.get(f"{parts.path}?{parts.query}")

    def log_in(self, case: Case, connection: str, login: str, *, consent: bool = True, compare: bool = True) -> Any:
        """The whole walk; the page at its end, after a worker has compared."""
        answer = self.back(self.provider.log_in(self.leave(case, connection), login, consent=consent))
        if compare:
            worker(case)
        return self.browser.get(answer.headers["Location"]) if answer.status_code == 302 else answer


def worker(case: Case) -> None:
    for verification in case.verifications.all():
        tasks.compare_log_in(verification.pk)


@contextmanager
def environment(monkeypatch: Any, secret: str, **more: str) -> Iterator[Mapping[str, str]]:
    values = ENVIRONMENT | {name.replace("_ID", "_SECRET"): secret for name in ENVIRONMENT} | more
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    yield values
