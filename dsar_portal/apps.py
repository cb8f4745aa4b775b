from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "dsar_portal"

    def ready(self) -> None:
        from dsar_portal import checks  # noqa: F401  registers the system checks once the apps are loaded
