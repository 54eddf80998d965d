"""Every setting, from the environment. `docs/operations.md` has a heading for each variable read here; a test compares the two."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from core.embedded import local_secret, socket_path

BASE_DIR = Path(__file__).resolve().parent.parent


class Environment(environ.Env):
    """Says in a sentence which variable holds what cannot be read."""

    def get_value(self, var, *args, **kwargs):
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError:
            raise ImproperlyConfigured(
                f"{var}={os.environ.get(var)} cannot be read. docs/operations.md says what {var} may be."
            ) from None


env = Environment()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=False)

# Keys. Under DEBUG each checkout makes its own; anywhere else they must be given, and the sample is refused.
SAMPLE_SECRET_KEY = "change-me-this-is-the-sample-key"  # noqa: S105 - compared against, never used
SECRET_KEY = env.str("SECRET_KEY", default="") or (local_secret(VAR_DIR / "secret_key") if DEBUG else "")
# Survey links are an HMAC under this key, so that a leaked database opens none of them.
SURVEY_LINK_KEY = env.str("SURVEY_LINK_KEY", default="") or (local_secret(VAR_DIR / "survey_link_key") if DEBUG else "")
for _name, _value in (("SECRET_KEY", SECRET_KEY), ("SURVEY_LINK_KEY", SURVEY_LINK_KEY)):
    if len(_value) < 32 or SAMPLE_SECRET_KEY in _value:
        raise ImproperlyConfigured(
            f"{_name} is missing, shorter than 32 characters or the sample. Set the environment variable {_name} to a "
            "long random value, for example the output of: python -c 'import secrets; print(secrets.token_urlsafe(48))'. "
            "To try Backbone on your own machine, use `make run`, which sets DEBUG=1 and makes the keys itself."
        )

# Where the web server listens, and with how much; the worker's processes, or its threads where all is embedded.
BIND = env.str("BIND", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
WEB_THREADS = env.int("WEB_THREADS", default=4)
WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=4)
# Links in mails are built from this, never from a request's Host header.
BASE_URL = env.str("BASE_URL", default=f"http://localhost:{PORT}").rstrip("/")
# The loopback names stay: health checks use them, and no link is ever built from the Host header.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or [urlsplit(BASE_URL).hostname]
ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# How many proxies of ours stand in front: 0 means that X-Forwarded-For is never believed.
TRUSTED_PROXY_COUNT = ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
HTTPS = env.bool("HTTPS", default=BASE_URL.startswith("https://"))
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Our apps, ground first: each imports and relates only to those before it. tests/architecture/ reads this list.
LOCAL_APPS = ["core", "accounts", "initiatives", "partners", "indicators", "surveys", "backbone"]
INSTALLED_APPS = [
    *LOCAL_APPS,
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.ContentPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "core.middleware.BodySizeMiddleware",
    # What follows is for people who sign in: partners who answer a survey never come past this door.
    "surveys.middleware.SurveyLinkMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "initiatives.middleware.InitiativeMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "initiatives.context_processors.initiative",
                "backbone.context_processors.demo",
            ],
            # `{% load lucide %}`: each icon is drawn once, so the app of that name is not installed.
            "libraries": {"lucide": "core.templatetags.icons"},
        },
    }
]

# Database. SQLite takes writers one by one: IMMEDIATE makes them wait in line where the default makes them fail.
EMBEDDED_DATABASE = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "backbone.sqlite3")}
DATABASES = {"default": env.db("DATABASE_URL") if env.str("DATABASE_URL", default="") else EMBEDDED_DATABASE}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;PRAGMA cache_size=-20000;"
        ),
    }
    # Worker and live-server tests need a database that two connections can open.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["ENGINE"] = "core.postgresql"
    # What core/statements.py runs is prepared; nothing else is.
    DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = (
        5 if env.bool("DATABASE_PREPARE", default=True) else None
    )
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONNECTION_SECONDS", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Broker and cache: one Redis or Valkey for all processes; embedded on a unix socket unless REDIS_URL names a server.
REDIS_URL = env.str("REDIS_URL", default="")
EMBEDDED_BROKER = not REDIS_URL
BROKER_SOCKET, BROKER_DIR = socket_path(VAR_DIR), VAR_DIR / "broker"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL or f"unix://{BROKER_SOCKET}",
        "KEY_PREFIX": "backbone",
    },
    # Whole pages, 70 kB each, found by the version of what they tell. Whoever works on a template sees it at once.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 0 if DEBUG else None,
        "OPTIONS": {"MAX_ENTRIES": 100},
    },
}
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{BROKER_SOCKET}"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # its log lines pass our filter, too
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
# Static and short: what people schedule lies in tables, and these sweeps find what is due.
CELERY_BEAT_SCHEDULE = {
    "sweep-rounds": {"task": "surveys.tasks.sweep", "schedule": 60.0},
    "sweep-imports": {"task": "partners.tasks.sweep", "schedule": 60.0},
    "sweep-desk": {"task": "backbone.tasks.sweep", "schedule": 60.0},
    "sweep-deleted": {"task": "backbone.tasks.sweep_deleted", "schedule": 3600.0},
    "read-returned-mail": {"task": "surveys.tasks.read_returned_mail", "schedule": 300.0},
}

# Mail. `outbox:` (the default under DEBUG) writes each mail to var/outbox, which /outbox/ shows.
EMAIL_URL = env.str("EMAIL_URL", default="outbox:" if DEBUG else "smtp://localhost:25")
if EMAIL_URL.startswith("outbox:"):
    EMAIL_BACKEND = "core.outbox.EmailBackend"
else:
    vars().update(env.email_url_config(EMAIL_URL))
EMAIL_TIMEOUT = 20
OUTBOX_DIR = VAR_DIR / "outbox"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Backbone <backbone@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_CONNECTIONS = env.int("MAIL_CONNECTIONS", default=16)
# Mails a second, all workers together; 0 is no limit.
MAIL_PER_SECOND = env.int("MAIL_PER_SECOND", default=50)
# A sender that has not said for so long that it lives is dead, and what it held is taken back.
MAIL_LEASE_SECONDS = env.int("MAIL_LEASE_SECONDS", default=120)
# Where mails of a round come back to: each names itself behind a "+" in this address. Empty is off.
RETURN_PATH = env.str("RETURN_PATH", default="").lower()
if RETURN_PATH and not re.fullmatch(r"[a-z0-9._+-]{1,15}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", RETURN_PATH):
    raise ImproperlyConfigured(
        f"RETURN_PATH ({RETURN_PATH!r}) is no address that can carry a signature. Set it to one with at most 15 plain "
        "characters before the @, for example bounces@example.org, or leave it empty."
    )
BOUNCE_MAILBOX = env.str("BOUNCE_MAILBOX", default="")

# Signing in: a code by mail, for people who were invited.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,5/10m/key",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
}
ACCOUNT_LOGOUT_ON_GET = False

# Language and time. A person's zone is the initiative's; the database keeps UTC.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("fr", _("French"))]
# What partners may read and answer in: surveys, mails and results. Arabic runs from right to left; staff pages have none.
SURVEY_LANGUAGES = [*LANGUAGES, ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = DEBUG
STATICFILES_DIRS = [BASE_DIR / "static"]
# Hashed names only where collectstatic ran; a live test server would answer 404 for them.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = VAR_DIR / "media"

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# The demo and the outbox: only under DEBUG, and each request is checked for a loopback peer besides.
DEMO = DEBUG and env.bool("DEMO", default=True)

# The largest file that can be attached; the whole body of a request may have 64 MB (core/middleware.py).
ATTACHMENT_MEGABYTES = env.int("ATTACHMENT_MEGABYTES", default=10)
if not 1 <= ATTACHMENT_MEGABYTES <= 60:
    raise ImproperlyConfigured("ATTACHMENT_MEGABYTES is the size of a file in megabytes, from 1 to 60.")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask_secret_links": {"()": "core.logs.MaskSecretLinks"}},
    "formatters": {
        "line": {"()": "core.logs.OneLineFormatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["mask_secret_links"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Django's own handlers know no mask: their lines go to ours instead.
    "loggers": {"django": {"handlers": [], "level": LOG_LEVEL}, "django.server": {"handlers": [], "propagate": True}},
}
