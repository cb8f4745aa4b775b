from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "dsar_portal"

    def ready(self) -> None:
        from allauth.account import signals as account
        from allauth.mfa import signals as mfa

        from dsar_portal import (
            checks,  # noqa: F401  registers the system checks once the apps are loaded
            second_factor,  # its tables are there only now
        )

        mfa.authenticator_added.connect(second_factor.set_up, dispatch_uid="dsar_portal.set_up")
        passwords = (account.password_changed, account.password_set)
        for told in (mfa.authenticator_removed, mfa.authenticator_reset, *passwords):
            told.connect(second_factor.changed, dispatch_uid="dsar_portal.changed")
