"""The epoch of configuration."""

from django.db import models


class Epoch(models.Model):
    """One row; `token` is replaced whenever configuration changes."""

    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.token
