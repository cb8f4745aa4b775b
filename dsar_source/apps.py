from django.apps import AppConfig
from django.core import checks

from dsar_source.checks import setting


class DsarSourceConfig(AppConfig):
    name = "dsar_source"
    verbose_name = "Source of a data-subject-rights portal"

    def ready(self) -> None:
        checks.register(setting, "dsar_source")
