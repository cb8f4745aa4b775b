"""The real OpenID Connect provider of the tests: started here, told whom it knows, and walked through by hand."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from tests.conftest import ROOT, absent, answering, free_port

NODE = ROOT / "build" / "oidc" / "node"
SECRET = "only-for-tests-0123456789abcdef0123456789"


@dataclass
class Provider:
    """`url`: its issuer. `client_id` and `SECRET` are those of a client that may return to each of `returns`."""

    url: str
    people: Path
    client_id: str = "dsar-portal"
    secret: str = SECRET

    def knows(
        self,
        login: str,
        *,
        acr: str = "",
        amr: tuple[str, ...] = ("pwd",),
        userinfo: Mapping[str, Any] | None = None,
        **claims: Any,
    ) -> None:
        """From now on these claims are said of `login`. `userinfo`: what a broken provider says otherwise there."""
        known = json.loads(self.people.read_text())
        known[login] = {"claims": claims, "acr": acr or None, "amr": list(amr), "userinfo": dict(userinfo or {})}
        self.people.write_text(json.dumps(known))

    def forgets_all(self) -> None:
        self.people.write_text("{}")

    def log_in(self, address: str, login: str, *, consent: bool = True, browser: requests.Session | None = None) -> str:
        """Walk from the address the portal sent us to, as a browser would, to the address we are sent back to.

        `consent`: False presses "Cancel" where the provider asks whether the portal may know. `browser`: one that was
        here before.
        """
        browser = browser or requests.Session()
        answer, back = self._follow(browser, browser.get(address, allow_redirects=False, timeout=10))
        while back is None:
            asked_who = 'name="login"' in answer.text
            label = "Log in" if asked_who else "Allow" if consent else "Cancel"
            form = next(one for one in re.findall(r"<form.*?</form>", answer.text, re.S) if f">{label}<" in one)
            action = re.search(r'action="([^"]+)"', form)
            assert action, form
            sent = browser.post(urljoin(answer.url, unescape(action[1])), {"login": login} if asked_who else {},
                                allow_redirects=False, timeout=10)  # fmt: skip
            answer, back = self._follow(browser, sent)
        return back

    def _follow(self, browser: requests.Session, answer: requests.Response) -> tuple[requests.Response, str | None]:
        """Redirects within the provider; the second value is the address outside it that we are sent to."""
        while answer.is_redirect:
            target = urljoin(answer.url, answer.headers["Location"])
            if not target.startswith(self.url + "/"):
                return answer, target
            answer = browser.get(target, allow_redirects=False, timeout=10)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer, None


@contextmanager
def serving(folder: Path, *, returns: list[str], **options: Any) -> Iterator[Provider]:
    """A provider until the block ends. `returns`: the addresses its client may be sent back to.

    `options`, as provider.mjs has them: acr_values, always, claims_in_id_token, minutes.
    """
    if not NODE.exists():
        absent("The OpenID Connect provider for tests", fix="scripts/oidc-provider")
    port = free_port()
    people = folder / f"people-{port}.json"
    provider = Provider(f"http://127.0.0.1:{port}", people)
    provider.forgets_all()
    client: Mapping[str, Any] = {
        "client_id": provider.client_id, "client_secret": provider.secret, "redirect_uris": returns,
        "token_endpoint_auth_method": "client_secret_post", "response_types": ["code"],
        "grant_types": ["authorization_code"], "scope": "openid email profile customer",
    }  # fmt: skip
    settings = {"port": port, "people": str(people), "clients": [client], **options}
    command = [str(NODE), str(Path(__file__).with_name("provider.mjs")), json.dumps(settings)]
    with (folder / f"provider-{port}.log").open("wb") as log:
        with answering(command, port=port, stdout=log, stderr=subprocess.STDOUT):
            yield provider
