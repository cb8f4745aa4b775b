"""Pictures that were decided on, taken back or forgotten, in a portal of its own: then one looks for their bytes.

Run as a program with the environment of that portal; prints what must be found nowhere (base64, by ending).
"""

import base64
import io
import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta

import django

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def main() -> None:
    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.files.storage import default_storage
    from PIL import Image

    from identity import deciding, flows
    from identity.models import Evidence, Verification
    from identity.pictures import staging, vault
    from identity.pictures.covering import Box
    from law.identification import Means
    from law.rights import Right
    from requests_app import intake
    from requests_app import vault as files
    from requests_app.answers import Answers
    from requests_app.controllers import controller
    from requests_app.sealed import unseal
    from requests_app.states import Channel

    tempfile.tempdir = "/nowhere"  # whoever needs a temporary file from here on fails
    clerk = get_user_model().objects.get_or_create(username="clerk")[0]

    def picture() -> io.BytesIO:
        out = io.BytesIO()
        Image.effect_noise((300, 200), 80).convert("RGB").save(out, "png")
        return io.BytesIO(out.getvalue())

    def attempt() -> Verification:
        answers = Answers(rights=(Right.access,), name="Anna Ek", email="nobody@example.com")
        case = intake.submit(answers, controller=controller("aj-se"), language="sv", channel=Channel.FORM,
                             received_at=NOW, now=NOW)
        return flows.start(case, Means.document, now=NOW)

    def sent() -> Verification:
        verification = attempt()
        both = {"front": picture(), "back": picture()}
        assert flows.submit(verification, {"document": "identity_card", "files": both}, now=NOW)
        return verification

    def staged() -> Verification:
        verification = attempt()
        staging.take(verification, upload=picture(), side="front", masked=False, now=NOW)
        return verification

    def covered() -> Verification:
        verification = staged()
        staging.cover(verification.evidence.get(), boxes=[Box(0, 0, 1, 0.5)], now=NOW)
        return verification

    def down(verification: Verification) -> None:
        """The storage is down at the moment of the decision; the next sweep finds it up."""
        real, default_storage._wrapped.delete = default_storage.delete, _refuse
        try:
            deciding.accept(verification, now=NOW, user=clerk)
        finally:
            default_storage._wrapped.delete = real
        assert Evidence.objects.filter(verification=verification, file__wrapped_key=None).count() == 2
        flows.expire(now=NOW + timedelta(minutes=1))

    endings = {
        "accepted": (sent, lambda it: deciding.accept(it, now=NOW, user=clerk)),
        "asked again": (sent, lambda it: deciding.ask_again(it, reason="not_readable", now=NOW, user=clerk)),
        "refused": (sent, lambda it: deciding.refuse(it, reason="not_genuine", now=NOW, user=clerk)),
        "storage down": (sent, down),
        "taken back": (staged, lambda it: vault.discard(it, now=NOW)),
        "covered by us": (staged, lambda it: staging.cover(it.evidence.get(), boxes=[Box(0, 0, 1, 1)], now=NOW)),
        "not sent": (covered, lambda it: flows.expire(now=NOW + timedelta(hours=1))),
        "never decided": (sent, lambda it: flows.expire(now=NOW + timedelta(days=15))),
    }
    secrets: dict[str, list[str]] = {}
    for name, (begin, end) in endings.items():
        verification = begin()
        secrets[name] = [base64.b64encode(secret).decode() for evidence in verification.evidence.all() for secret in
                         _secrets(evidence.file, files=files, unseal=unseal)]
        if "--alive" not in sys.argv:
            end(verification)
    json.dump(secrets, sys.stdout)


def _secrets(file, *, files, unseal) -> list[bytes]:
    """The picture, its key, the key as it lies in the database, and its fingerprint."""
    key = bytes(file.wrapped_key)
    return [files.read(file), unseal(key), key, file.sha256.encode()]


def _refuse(name: str) -> None:
    raise OSError("the storage is down")


if __name__ == "__main__":
    main()
