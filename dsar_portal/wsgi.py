import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dsar_portal.settings")

application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402  Django must be set up first

from dsar_portal.checks import refuse_unsafe_start  # noqa: E402

refuse_unsafe_start()
_ = get_resolver().url_patterns  # every view is imported now: a broken one stops the start, and nobody waits for it
