"""One file of settings. Everything that differs between places comes from the environment.

A secret NAME may be given as NAME_FILE (a path whose content is the value). On a bare clone nothing is set: debug is
off, and `dsar_portal/checks.py` refuses to serve. DSAR_DEMO=1 is the only switch that relaxes anything.
"""

import os
from pathlib import Path

import environ
from environ.fileaware_mapping import FileAwareMapping
from kombu import Queue

from dsar_portal.schedule import SCHEDULE
from dsar_portal.storage import private_storage
from fulfilment import queues

BASE_DIR = Path(__file__).resolve().parent.parent


class Environment(environ.FileAwareEnv):
    class Files(FileAwareMapping):
        def __getitem__(self, key: str) -> str:
            return super().__getitem__(key).strip()  # editors end a file with a newline; secrets do not

    ENVIRON = Files()


env = Environment()

# --- where we are -------------------------------------------------------------------------------------------------
DSAR_DEMO = env.bool("DSAR_DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
DSAR_DATA_DIR = Path(env.str("DSAR_DATA_DIR", default=str(BASE_DIR / (".demo" if DSAR_DEMO else "var"))))
DSAR_DEMO_DIR = DSAR_DATA_DIR / "sources" if DSAR_DEMO else None  # sample databases; None: only real sources
DSAR_MAILDIR = DSAR_DATA_DIR / "mail"  # the demo's mail catcher
DSAR_CONTROLLERS_PATH = [  # folders that hold company folders, beside the companies that come with the portal
    BASE_DIR / "controllers",
    *(Path(folder) for folder in env.str("DSAR_CONTROLLERS_PATH", default="").split(os.pathsep) if folder.strip()),
]
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="").rstrip("/")  # links in letters; no slash at the end

SECRET_KEY = env.str("SECRET_KEY", default="")
MASTER_KEYS = env.list("MASTER_KEYS", default=[])  # Fernet keys, newest first: the first encrypts, all decrypt
SIGNING_KEYS = env.list("SIGNING_KEYS", default=[])  # Ed25519, newest first: the first signs bundles, all are published
LOOKUP_KEY = env.str("LOOKUP_KEY", default="")  # keyed digests; changing it loses look-ups, not data
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
HTTPS = PUBLIC_BASE_URL.startswith("https://") or not DSAR_DEMO

# --- what is installed --------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "requests_app",
    "identity",
    "fulfilment",
    "desk",
    "dsar_portal",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "dsar_portal.middleware.PrivatePages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dsar_portal.middleware.SecondFactor",
    "dsar_portal.middleware.KnownDevice",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "dsar_portal.urls"
WSGI_APPLICATION = "dsar_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [BASE_DIR / "templates"],
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.template.context_processors.i18n",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]

# --- databases, files, cache --------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DSAR_DATA_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction that will write takes its lock at once; deferred ones die of SQLITE_BUSY half-way.
    DATABASES["default"].setdefault("OPTIONS", {}).update({
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                        " PRAGMA secure_delete=ON;",  # erased means overwritten, not only unlinked
    })
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DSAR_DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

STORAGES = {
    "default": private_storage(env.str("STORAGE_URL", default=f"file://{DSAR_DATA_DIR / 'files'}")),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DSAR_DEMO
                    else "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# In the database, so that a broker that is down does not close the staff's door, and all processes share it.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "dsar_cache"}}

STATIC_URL = "/static/"
STATIC_ROOT = None if DSAR_DEMO else DSAR_DATA_DIR / "static"  # the demo serves them where they lie
STATICFILES_DIRS = [folder for folder in [BASE_DIR / "static"] if folder.is_dir()]
WHITENOISE_USE_FINDERS = DSAR_DEMO
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["requests_app.door.uploads.InMemory"]  # no plain copy of an ID card in a temp folder
DATA_UPLOAD_MAX_NUMBER_FILES = 10
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
CLAMD_URL = env.str("CLAMD_URL", default="")  # unix:///path, tcp://host:3310 or none; unset: only the demo takes files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # a reviewer's page can carry many decisions

# --- workers ------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("BROKER_URL", default="redis://127.0.0.1:6379/0")  # redis+socket:///path for a unix socket
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 60 * 60
# Longer than the longest task, else a running task is handed out a second time while the first still works.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * 60 * 60, "unacked_restore_throttle": 1, "socket_connect_timeout": 5,
    "max_retries": 0}  # a page never waits six seconds for a dead broker; workers reconnect by themselves
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ROUTES = queues.ROUTES
DSAR_OWN_QUEUES = env.list("OWN_QUEUES", default=[])  # aj-se/erp,…: sources read by workers of their own
CELERY_TASK_QUEUES = [Queue(name) for name in queues.names(DSAR_OWN_QUEUES)]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_TIMEZONE = "UTC"

# --- mail ---------------------------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="privacy@localhost")

# --- languages and time -------------------------------------------------------------------------------------------
LANGUAGES = [("da", "Dansk"), ("sv", "Svenska"), ("nb", "Norsk bokmål"), ("en", "English")]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # a person's day is the controller's day: law.deadlines.local_day

# --- sessions and headers -----------------------------------------------------------------------------------------
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_SERIALIZER = "requests_app.sealed.SealedSessionSerializer"  # a draft holds what the person typed
SESSION_COOKIE_AGE = 2 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
# Not no-referrer: browsers then post with "Origin: null", which CSRF protection must refuse.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("DSAR_BEHIND_HTTPS_PROXY", default=False):  # only when the proxy sets and strips this header
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "requests_app.views.errors.csrf"
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL] if PUBLIC_BASE_URL else []
CONTENT_SECURITY_POLICY = {"DIRECTIVES": {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-src": ["'self'"] if DSAR_DEMO else ["'none'"],  # the demo's mail reader shows HTML in a sandboxed frame
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}}

# --- staff log-in -------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: a locked-out name or address is refused before any password check
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/staff/"
STAFF_MFA_REQUIRED = not DSAR_DEMO  # no variable of its own: nobody switches it off by accident (dsar.E012)
ACCOUNT_ADAPTER = "dsar_portal.staff_login.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator makes the accounts
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a change of how somebody logs in is told to them
ACCOUNT_LOGOUT_REDIRECT_URL = "/staff/"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False  # no "remember me": the desk closes with the browser
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # a new device's way in while somebody else guesses; asks the second factor
# Log-ins are counted in dsar_portal/lockout.py. allauth's own counters lock a name, or a whole office, for everybody.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reset_password": "20/m/ip"}
MFA_RATE_LIMITS = {"webauthn_login": None}  # nothing to guess there
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True  # with fingerprint, face or PIN a passkey is both factors
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an administrator wrote the address; who asks for a new password leaves a row behind
MFA_TOTP_ISSUER = "DSAR portal"
MFA_ADAPTER = "dsar_portal.staff_login.StaffFactors"
MFA_FORMS = {name: f"dsar_portal.staff_forms.{form}" for name, form in {
    "authenticate": "CodeForm", "reauthenticate": "CodeAgainForm", "add_webauthn": "AddKeyForm",
    "authenticate_webauthn": "KeyForm", "reauthenticate_webauthn": "KeyAgainForm", "login_webauthn": "KeyAloneForm",
}.items()}
STAFF_DEVICE_COOKIE = "staff_device"
AXES_HANDLER = "dsar_portal.lockout.Lockout"
AXES_CLIENT_IP_CALLABLE = "requests_app.access.caller"  # behind the proxy REMOTE_ADDR is the same for everybody
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_VERBOSE = False

# Log-ins elsewhere (OpenID Connect): of persons, to show who they are, and of staff. Providers stand in the policies.
SOCIALACCOUNT_ADAPTER = "dsar_portal.oidc.PortalSocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5  # seconds

# --- logs: references and codes only ------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "dsar_portal.log_lines.JSONLines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "lines"}},
    "root": {"handlers": ["lines"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": False},  # runserver prints whole paths, secret links included
        "django.db.backends": {"level": "WARNING"},  # never statements with values
        "httpx": {"level": "WARNING"},  # it would log the address of a webhook, which may hold a key
        "axes": {"level": "ERROR"},  # it would log names and addresses
        "fontTools": {"level": "ERROR"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
