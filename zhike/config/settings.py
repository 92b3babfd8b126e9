"""All settings of Zhike, read from the environment (`ZHIKE_…`, or `ZHIKE_…_FILE` naming a file that holds the value).

Without any setting it runs for one person on this machine: SQLite and a key under `ZHIKE_DATA_DIR`, 127.0.0.1 only.
"""

import os
from pathlib import Path
from typing import Any

import environ
from django.utils.translation import gettext_lazy as _

from zhike.config.secret import secret_key

env = environ.FileAwareEnv()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("ZHIKE_DATA_DIR", default="var")).resolve()
DEBUG = env.bool("ZHIKE_DEBUG", default=False)

# Hosts --------------------------------------------------------------------------------------------------------------
# BASE_URL is what mails link to: never the Host header, which a stranger can forge.
ALLOWED_HOSTS: list[str] = env.list("ZHIKE_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
BASE_URL: str = env.str("ZHIKE_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
BEHIND_TLS = BASE_URL.startswith("https://")
# Without TLS in front passwords can be read on the way; `zhike serve` refuses other addresses than loopback then.
ALLOW_HTTP = env.bool("ZHIKE_ALLOW_HTTP", default=False)
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "zhike.core.pages.errors.csrf_failure"
# Who may read /metrics from another machine; blank: nobody.
METRICS_TOKEN: str = env.str("ZHIKE_METRICS_TOKEN", default="")
SECRET_KEY: str = env.str("ZHIKE_SECRET_KEY", default="") or secret_key(DATA_DIR)
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = (
        ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("ZHIKE_TRUST_PROXY", default=False) else None
    )
    SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
# Bounds on what one request may carry; uploads are bounded where they are read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# Files attached to records: the largest one, all of them together (0: no limit), how many a person adds in an hour, and the
# endings of what starts programs, which nobody may attach.
FILE_LIMIT_MB: int = env.int("ZHIKE_FILE_LIMIT_MB", default=50)
FILES_QUOTA_MB: int = env.int("ZHIKE_FILES_QUOTA_MB", default=0)
FILES_PER_HOUR: int = env.int("ZHIKE_FILES_PER_HOUR", default=500)
_PROGRAMS = (
    "exe com scr pif msi msp bat cmd ps1 psm1 vbs vbe js jse mjs wsf wsh hta cpl dll sys lnk scf inf reg jar apk app "
    "dmg pkg deb rpm sh bash php phtml phar asp aspx jsp cgi htaccess url desktop chm iso img vhd vhdx appref-ms "
    "application"
)
REFUSED_FILES: list[str] = env.list("ZHIKE_REFUSED_FILES", default=_PROGRAMS.split())

# Apps, from the lowest layer up, see docs/architecture.md -----------------------------------------------------------
# Apps of your own, above ours: they may extend every entity below them (see CONTRIBUTING.md).
EXTRA_APPS: list[str] = env.list("ZHIKE_EXTRA_APPS", default=[])
INSTALLED_APPS = [
    "zhike.core",
    "zhike.identity",
    "zhike.activities",
    "zhike.catalog",
    "zhike.customers",
    "zhike.sales",
    *EXTRA_APPS,
    "allauth",
    "allauth.account",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "zhike.config.probes.probes",
    "zhike.core.pages.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "zhike.core.pages.middleware.content_security",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zhike.core.pages.middleware.configuration",
    "zhike.identity.middleware.language_and_zone",
    "zhike.identity.middleware.duties",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "zhike.config.urls"
WSGI_APPLICATION = "zhike.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

# Database -----------------------------------------------------------------------------------------------------------
DATABASE_URL: str = env.str("ZHIKE_DATABASE_URL", default="")


def _sqlite(path: str) -> dict[str, Any]:
    """WAL keeps readers free while one writes, FULL survives a power cut, IMMEDIATE queues writers and fails none."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # No larger cache, which every thread would have for itself: the system keeps the file's pages for all.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _database() -> dict[str, Any]:
    if not DATABASE_URL:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        return _sqlite(str(DATA_DIR / "zhike.sqlite3"))
    parsed: dict[str, Any] = environ.FileAwareEnv.db_url_config(DATABASE_URL)
    if "sqlite" in parsed["ENGINE"]:
        return _sqlite(parsed["NAME"])
    parsed["CONN_MAX_AGE"] = None
    parsed["CONN_HEALTH_CHECKS"] = True
    return parsed


DATABASES = {"default": _database()}
TEST_DATABASE_NAME: str = env.str("ZHIKE_TEST_DATABASE_NAME", default="")
if TEST_DATABASE_NAME:
    DATABASES["default"]["TEST"] = {"NAME": TEST_DATABASE_NAME}

# People -------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["zhike.identity.backends.PersonBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if env.bool("ZHIKE_FAST_PASSWORDS", default=False)  # tests only: argon2 is slow by design
    else ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email", "mobile")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}

# Mail: off until ZHIKE_MAIL_URL is set --------------------------------------------------------------------------------
MAIL_URL: str = env.str("ZHIKE_MAIL_URL", default="")
if MAIL_URL:
    vars().update(environ.FileAwareEnv.email_url_config(MAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL: str = env.str("ZHIKE_MAIL_FROM", default="zhike@localhost")

# Whose personal access token a text is; core asks through this path, since it knows no users of its own.
API_TOKEN_HOLDER = "zhike.identity.tokens.holder_of"  # noqa: S105 - a path

# Templates: loaders are written out because cotton and partials both wrap them (their own app configs would fight) ---
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "zhike.core.pages.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "zhike.core.templatetags.zhike",
            ],
        },
    }
]
COTTON_DIR = "cotton"

# Static files -------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS: list[Path] = []
# Served from the packages themselves; nothing has to be collected.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Language and time: UTC is stored, company days are counted in the company's zone (core.company) --------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "zhike_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Sign-in by allauth: one box for username, mobile or e-mail is our backend's; accounts are made by administrators ----
ACCOUNT_ADAPTER = "zhike.identity.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_FORMS = {"user_token": "zhike.identity.forms.LinkForm"}
ACCOUNT_RATE_LIMITS = {"setup": "10/m/ip"}  # beside allauth's own: sign-in, password change and reset

# Logs: one line a record, with the request's id ----------------------------------------------------------------------
LOG_LEVEL: str = env.str("ZHIKE_LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhike.config.settings")
