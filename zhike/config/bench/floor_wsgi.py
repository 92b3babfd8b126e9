"""The WSGI application of the floor."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

os.environ["DJANGO_SETTINGS_MODULE"] = "zhike.config.bench.floor_settings"
django.setup(set_prefix=False)
settings.MIDDLEWARE.remove("allauth.account.middleware.AccountMiddleware")

application = WSGIHandler()
