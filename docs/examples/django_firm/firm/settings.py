"""Settings of the firm; what a copy changes comes from the environment, and what it says of itself stands in `FIRM`."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

BASE = Path(__file__).resolve().parent.parent


def database(url: str) -> dict[str, object]:
    """The database of a URL of PostgreSQL, or of the path of an SQLite file."""
    parts = urlsplit(url)
    if parts.scheme in {"postgres", "postgresql"}:
        options = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.removeprefix("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "OPTIONS": options,
        }
    if url != ":memory:" and Path(url).parent.is_dir():
        Path(url).touch(mode=0o600)  # for its owner alone, and what SQLite writes beside it too
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": url,
        # In memory, threads would share what processes do not.
        "TEST": {"NAME": f"{url}.test"},
        # Whoever writes takes its turn from the start: what it reads first is not stale when it writes.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON",
        },
    }


DEBUG = os.environ.get("DJANGO_DEBUG", "1") == "1"
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "for a look at it on this machine only" if DEBUG else "")
ALLOWED_HOSTS = [*filter(None, os.environ.get("DJANGO_HOSTS", "").split(",")), "localhost", "127.0.0.1", "[::1]"]
DATABASES = {"default": database(os.environ.get("FIRM_DATABASE", str(BASE / "firm.sqlite3")))}

INSTALLED_APPS = [
    "firm",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "firm.urls"
WSGI_APPLICATION = "firm.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
STATIC_ROOT = BASE / "static"
LOGIN_URL, LOGIN_REDIRECT_URL = "login", "morning"

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True

EMAIL_BACKEND = os.environ.get("DJANGO_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_SECURITY") == "starttls"
EMAIL_USE_SSL = os.environ.get("EMAIL_SECURITY") == "tls"
# A server that hangs is given up long before another sender takes the message up.
EMAIL_TIMEOUT = int(os.environ.get("EMAIL_TIMEOUT", "30"))
DEFAULT_FROM_EMAIL = os.environ.get("FIRM_FROM", "cabinet@cabinet-durand.example")

FIRM = {
    "email": "camille@cabinet-durand.example",
    "first_name": "Camille",
    "last_name": "Durand",
    "organisation": "732 829 320",
}
"""The space of the firm at the portal, as it is known there."""
SPACE_SEEN = "2026-01-05"
"""The civil day on which somebody saw that the space is there."""
