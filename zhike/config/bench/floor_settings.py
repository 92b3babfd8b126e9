"""The floor: the least that Django needs for a signed-in page, on the same database as the product."""

from zhike.config import settings as product

BASE_DIR = product.BASE_DIR
SECRET_KEY = product.SECRET_KEY
DATABASES = product.DATABASES
AUTH_USER_MODEL = product.AUTH_USER_MODEL
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = product.PASSWORD_HASHERS
INSTALLED_APPS = product.INSTALLED_APPS
DEFAULT_AUTO_FIELD = product.DEFAULT_AUTO_FIELD
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # its app does not start without; `floor_wsgi` takes it out again
]
ROOT_URLCONF = "zhike.config.bench.floor"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [], "APP_DIRS": False}]
ALLOWED_HOSTS = ["127.0.0.1"]
API_TOKEN_HOLDER = product.API_TOKEN_HOLDER
DATA_DIR = product.DATA_DIR
USE_TZ = True
DEBUG = False
