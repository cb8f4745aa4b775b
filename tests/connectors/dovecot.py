"""A real IMAP server (Debian's Dovecot) of this test alone: two ports, a certificate, one account, no message."""

import getpass
import ipaddress
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import absent, answering, free_port

DOVECOT = shutil.which("dovecot") or "/usr/sbin/dovecot"
USER, PASSWORD = "service@aj.example", "p@ss/wörd"
CONFIG = """
protocols = imap
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
ssl_dh =
disable_plaintext_auth = yes
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
mail_location = maildir:{home}/mail
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
first_valid_uid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {plain}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Server:
    """`url` of the account; `plain` the port that offers STARTTLS; `authority` the file that vouches for it."""

    tls: int
    plain: int
    authority: Path

    def url(self, *, scheme: str = "imaps", password: str = "p%40ss%2Fw%C3%B6rd") -> str:
        port = self.tls if scheme == "imaps" else self.plain
        return f"{scheme}://service%40aj.example:{password}@127.0.0.1:{port}"


@contextmanager
def dovecot() -> Iterator[Server]:
    if not Path(DOVECOT).exists():
        absent("Dovecot", fix="scripts/system-packages test")
    home = Path(tempfile.mkdtemp(prefix="dovecot"))
    try:
        home.chmod(0o755)
        tls, plain = free_port(), free_port()
        _certificate(home)
        (home / "passwd").write_text(f"{USER}:{PASSWORD}\n")
        (home / "mail").mkdir()
        root = os.getuid() == 0
        if root:
            shutil.chown(home / "mail", "nobody", "nogroup")
        me = getpass.getuser()
        people = ("dovecot", "dovenull", "dovecot") if root else (me, me, me)
        (home / "dovecot.conf").write_text(CONFIG.format(
            home=home, tls=tls, plain=plain, internal=people[0], login=people[1], group=people[2],
            uid="nobody" if root else os.getuid(), gid="nogroup" if root else os.getgid(),
        ))  # fmt: skip
        with answering([DOVECOT, "-F", "-c", str(home / "dovecot.conf")], port=tls):
            yield Server(tls, plain, home / "cert.pem")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _certificate(home: Path) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (home / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (home / "key.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))  # fmt: skip
