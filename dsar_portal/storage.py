"""STORAGE_URL to Django's STORAGES.

    file:///var/lib/dsar/files
    s3://KEY:SECRET@host:port/bucket?region=eu-north-1&insecure=1   any S3-compatible server; insecure=1: http
    s3:///bucket?region=eu-north-1                                  Amazon itself, credentials from its own chain
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

FILE = "django.core.files.storage.FileSystemStorage"
S3 = "storages.backends.s3.S3Storage"


def private_storage(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path:
        # Readable by the service account alone; no web server may ever serve this folder.
        return {"BACKEND": FILE, "OPTIONS": {"location": str(Path(unquote(parts.path))),
                                             "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}}
    if parts.scheme == "s3" and parts.path.strip("/"):
        return {"BACKEND": S3, "OPTIONS": _s3_options(url)}
    raise ImproperlyConfigured("STORAGE_URL must be file:///folder or s3://KEY:SECRET@host/bucket.")


def _s3_options(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {
        "bucket_name": parts.path.strip("/").split("/")[0],
        "location": "/".join(parts.path.strip("/").split("/")[1:]),
        "region_name": query.get("region", "eu-north-1"),
        "default_acl": None, "file_overwrite": False, "querystring_auth": True, "signature_version": "s3v4",
    }
    if parts.username:
        options |= {"access_key": unquote(parts.username), "secret_key": unquote(parts.password or "")}
    if parts.hostname:
        scheme = "http" if query.get("insecure") == "1" else "https"
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
        options |= {"endpoint_url": f"{scheme}://{host}", "addressing_style": "path"}
    return options
