"""The firm as an application of Django."""

from django.apps import AppConfig


class FirmConfig(AppConfig):
    """Its tables are called after it."""

    name = "firm"
    verbose_name = "cabinet"
