"""Where a client of ours goes, and where it does not, whatever a name or an address says (SSRF, DNS rebinding)."""

import base64
import datetime
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors.errors import ConnectorError
from connectors.http import safe
from connectors.http.connector import HttpConnector
from connectors.http.exchange import Exchange, Request
from connectors.http.signature import COVERED, Signed, base, digest, key, mac
from policies.http_way import HttpAuth
from tests.connectors.contract import dataset
from tests.connectors.http.api import TOKEN, Api, Asked, Said, serving
from tests.connectors.http.test_contract import ENVIRON, way


@pytest.fixture
def api() -> Iterator[Api]:
    with serving(Api()) as api:
        api.always = lambda _: Said(200, {})
        yield api


def code(url: str, *, near: bool = False) -> str:
    with pytest.raises(ConnectorError) as caught:
        Exchange("small", url=url, near=near, pause=lambda _: None).ask(Request("GET", url))
    return caught.value.code


@pytest.mark.parametrize("address", [
    "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "192.0.2.1", "168.63.129.16", "::1", "::", "fe80::1", "fd00:ec2::254", "fc00::1",
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "::127.0.0.1", "fec0::1",
    "2001:0:a9fe:a9fe::1", "ff02::1",
])  # fmt: skip
def test_only_the_open_internet_unless_the_map_allows_more(address: str) -> None:
    assert code(f"https://{'[' + address + ']' if ':' in address else address}/") == "forbidden_address"


@pytest.mark.parametrize(("address", "near"), [
    ("93.184.215.14", False), ("2606:4700::1111", False), ("::ffff:93.184.215.14", False),
    ("10.1.2.3", True), ("127.0.0.1", True), ("::1", True), ("fd12::1", True),
])  # fmt: skip
def test_what_may_be_reached(address: str, near: bool) -> None:
    plain = ipaddress.ip_address(address)
    assert safe.checked(address, 443, public=not near, near=near) in ([str(plain)], [address.removeprefix("::ffff:")])


def test_a_network_of_ones_own_is_not_the_metadata_of_a_cloud() -> None:
    for address in ("169.254.169.254", "[fd00:ec2::254]", "168.63.129.16", "0.0.0.0", "[fe80::1]", "224.0.0.1"):
        assert code(f"http://{address}/", near=True) == "forbidden_address", address


@pytest.mark.parametrize("url", ["http://api.example/", "ftp://api.example/", "file:///etc/passwd", "https://", "api",
                                 "https://a:hunter2@api.example/", "https://api.example/?key=hunter2", ""])  # fmt: skip
def test_an_address_that_is_none_is_told_at_once(url: str) -> None:
    with pytest.raises(ConnectorError, match="bad_url") as caught:
        HttpConnector("small", url=url, dataset=dataset(), way=way(private_addresses=False), environ=ENVIRON)
    assert "hunter2" not in str(caught.value)


def test_plain_http_stays_inside(monkeypatch: Any) -> None:
    names(monkeypatch, {"api.example": ["93.184.215.14"]})
    assert code("http://api.example/", near=True) == "forbidden_address"


def names(monkeypatch: Any, told: dict[str, list[str]]) -> list[str]:
    """A name server of ours: each name once, in this order; addresses stay what they are."""
    real, asked = socket.getaddrinfo, []

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in told:
            ipaddress.ip_address(host)  # nothing but addresses is resolved a second time
            return real(host, port, *args, **kwargs)
        asked.append(host)
        assert asked.count(host) == 1
        return [entry for address in told[host] for entry in real(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_name_is_asked_once_and_that_address_is_gone_to(api: Api, monkeypatch: Any) -> None:
    asked = names(monkeypatch, {"api.example": ["127.0.0.1"]})
    url = api.url.replace("127.0.0.1", "api.example")
    Exchange("small", url=url, near=True).ask(Request("GET", url))
    assert (asked, len(api.seen)) == (["api.example"], 1)
    assert api.seen[0].headers["host"].startswith("api.example:")


def test_one_forbidden_address_among_several_is_enough(monkeypatch: Any) -> None:
    names(monkeypatch, {"api.example": ["93.184.215.14", "10.0.0.1"]})
    assert code("https://api.example/") == "forbidden_address"


def test_a_proxy_of_the_environment_is_not_asked(api: Api, monkeypatch: Any) -> None:
    with serving(Api()) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        Exchange("small", url=api.url, near=True).ask(Request("GET", api.url))
        assert (len(api.seen), proxy.seen) == (1, [])


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path, monkeypatch: Any) -> None:
    with serving(Api(), tls=_tls(tmp_path)) as api:
        api.always = lambda _: Said(200, {})
        assert code(api.url, near=True) == "tls"
        assert api.seen == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))  # now somebody does
        assert Exchange("small", url=api.url, near=True).ask(Request("GET", api.url)).status == 200
        wrong = api.url.replace("127.0.0.1", "localhost")  # and not for that name
        assert code(wrong, near=True) == "tls"


def _tls(folder: Path) -> ssl.SSLContext:
    """A server with a certificate it made itself, for 127.0.0.1 alone."""
    secret, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "small")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(secret.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(True, None), True).sign(secret, hashes.SHA256())
    )  # fmt: skip
    (folder / "own.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem", folder / "key.pem")
    return context


# -- who we are --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("auth", "secret", "header", "value"), [
    ({"scheme": "bearer"}, TOKEN, "authorization", f"Bearer {TOKEN}"),
    ({"scheme": "basic"}, "me:w:d", "authorization", "Basic " + base64.b64encode(b"me:w:d").decode()),
    ({"scheme": "header", "header": "X-Api-Key"}, TOKEN, "x-api-key", TOKEN),
])  # fmt: skip
def test_who_we_are_stands_in_a_header(
    api: Api, auth: Any, secret: str, header: str, value: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text(f"{secret}\n")
    given = HttpAuth(**auth, secret_env="DSAR_SOURCE_X")
    for environ in ({"DSAR_SOURCE_X": secret}, {"DSAR_SOURCE_X_FILE": str(tmp_path / "secret")}):
        connector = HttpConnector("small", url=api.url, dataset=dataset(), way=way(auth=given), environ=environ)
        connector.exchange.ask(Request("GET", f"{api.url}/x"))
        assert api.seen[-1].headers[header] == value


@pytest.mark.parametrize(("environ", "wanted"), [
    ({}, "not_configured"), ({"DSAR_SOURCE_X_FILE": "/nowhere"}, "not_configured"),
    ({"DSAR_SOURCE_X": "a\nb"}, "bad_secret"), ({"DSAR_SOURCE_X": "c2hvcnQ="}, "bad_secret"),
])  # fmt: skip
def test_a_secret_that_is_none_is_told_by_its_name(environ: dict[str, str], wanted: str) -> None:
    given = HttpAuth(scheme="signature", key_id="us", secret_env="DSAR_SOURCE_X")
    with pytest.raises(ConnectorError, match=wanted):
        HttpConnector("small", url="https://api.example", dataset=dataset(), way=way(auth=given), environ=environ)


def test_the_signature_is_that_of_the_standard() -> None:
    """RFC 9421, appendix B.2.5: its key, its message, its signature."""
    shared = key("uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==", source="")
    parameters = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"'
    components = {"date": "Tue, 20 Apr 2021 02:07:55 GMT", "@authority": "example.com",
                  "content-type": "application/json"}  # fmt: skip
    assert mac(shared, base(components, parameters)) == "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="
    # RFC 9530, appendix D: {"hello": "world"}
    assert digest(b'{"hello": "world"}') == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"


def test_every_request_is_signed_anew_over_all_of_it(api: Api) -> None:
    shared = b"k" * 32
    exchange = Exchange("small", url=api.url, near=True, auth=Signed(shared, "us"), pause=lambda _: None)
    api.answers = [Said(500)]
    exchange.ask(Request("POST", f"{api.url}/a%2Fb", query=(("q", "ø&"),), body={"é": 1}))
    first, second = api.seen
    assert _is_signed(first, shared) and _is_signed(second, shared)
    assert first.headers["signature-input"] != second.headers["signature-input"]
    assert not _is_signed(Asked(**{**vars(second), "raw": b"{}"}), shared)
    assert not _is_signed(Asked(**{**vars(second), "target": "/a%2Fb?q=other"}), shared)


def _is_signed(asked: Asked, shared: bytes) -> bool:
    path, _, query = asked.target.partition("?")
    values = (asked.method, asked.headers["host"], path, f"?{query}", digest(asked.raw))
    parameters = asked.headers["signature-input"].removeprefix("dsar=")
    made = mac(shared, base(dict(zip(COVERED, values, strict=True)), parameters))
    return asked.headers["signature"] == f"dsar=:{made}:"
