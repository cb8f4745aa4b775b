"""The portal's settings with keys of no worth. Nothing is relaxed but what http on loopback needs."""

import os
import tempfile

os.environ.pop("DSAR_DEMO", None)
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0123456789" * 4)
os.environ.setdefault("MASTER_KEYS", "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")
os.environ.setdefault("SIGNING_KEYS", "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")
os.environ.setdefault("LOOKUP_KEY", "only-for-tests-" + "0123456789" * 4)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("PUBLIC_BASE_URL", "https://privacy.example.com")
os.environ.setdefault("CLAMD_URL", "none")  # until tests/conftest.py has started one
if "DSAR_DATA_DIR" not in os.environ:
    FOLDER = tempfile.TemporaryDirectory(prefix="dsar-tests-", ignore_cleanup_errors=True)  # gone when the tests end
    os.environ["DSAR_DATA_DIR"] = FOLDER.name

from dsar_portal.settings import *  # noqa: F403
from dsar_portal.settings import DATABASES, DSAR_DATA_DIR, STATIC_ROOT, STORAGES

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns of a folder that is not there
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True  # else each test client first walks through all static files
# A queue of this process's own: on a shared Redis one test's message is read by another's, and a person's own
# server would be filled. Workers that tests start in processes of their own get BROKER_URL.
if "BROKER_URL" not in os.environ:
    CELERY_BROKER_URL = "memory://"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in earnest: in memory the threads of a live server share one connection and trip over each other.
    DATABASES["default"]["TEST"] = {"NAME": str(DSAR_DATA_DIR / "tests.sqlite3")}
