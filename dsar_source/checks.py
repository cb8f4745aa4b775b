"""What is wrong with the setting, told at the start."""

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import router

from dsar_source import exposure, signature

PER_PROCESS = "django.core.cache.backends.locmem.LocMemCache"
NO_MEMORY = "django.core.cache.backends.dummy.DummyCache"


def setting(**_):
    return [*_models(), *_keys(), *_cache()]


def _models():
    try:
        exposed = exposure.exposed()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="dsar_source.E001")]
    if not exposed:
        return [checks.Warning('DSAR_SOURCE["MODELS"] lists nothing: nothing can be found.', id="dsar_source.W001")]
    if len({router.db_for_write(one.model) for one in exposed.values()}) > 1:
        return [checks.Error("The models listed lie in several databases: an erasure could go half way.",
                             hint="Install the project twice, once for each.", id="dsar_source.E002")]
    return []


def _keys():
    keys = exposure.setting().get("KEYS", {})
    wrong = ", ".join(name for name, secret in keys.items() if signature.key_of(secret) is None)
    if wrong or not keys:
        return [checks.Error(f'DSAR_SOURCE["KEYS"]: {f"no key: {wrong}" if wrong else "empty"}.',
                             hint=f"Expected by name: Base64 of at least {signature.KEY_BYTES} random bytes.",
                             id="dsar_source.E003")]
    return []


def _cache():
    name = exposure.setting().get("CACHE", "default")
    backend = settings.CACHES.get(name, {}).get("BACKEND", "")
    if not backend or backend == NO_MEMORY:
        return [checks.Error(f"CACHES[{name!r}] remembers nothing: a request could be sent twice.",
                             id="dsar_source.E004")]
    if backend == PER_PROCESS:
        return [checks.Warning(
            f"CACHES[{name!r}] is one process's own: another would not notice a request sent twice.",
            hint="Use a shared cache (Redis, Memcached, database).", id="dsar_source.W002")]
    return []
