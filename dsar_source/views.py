"""The one door: signed JSON in, JSON out. Nothing here is for people, so there is no page, no cookie and no CSRF."""

import json

from django.db import DatabaseError
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dsar_source import deeds, description, reading, signature
from dsar_source.refused import Refused, Unsigned

BODY_BYTES = 32 * 1024 * 1024  # read only after the signature was found good
DOORS = {
    "describe": description.describe, "rows": reading.rows, "counts": reading.counts, "size": reading.size,
    "plan": deeds.plan, "rehearse": deeds.rehearse, "execute": deeds.execute, "verify": deeds.verify,
}


@csrf_exempt
@require_POST
@never_cache
def source(request, what):
    """200 with the answer, or with {"error": {code, detail, ids}} where it cannot be done; 401 for everybody else."""
    try:
        signature.check(request)
        body = request.read(BODY_BYTES + 1)
        if len(body) > BODY_BYTES:
            return HttpResponse(status=413)
        signature.check_body(request, body)
    except Unsigned:
        return JsonResponse({"code": "unsigned"}, status=401)
    try:
        asked = json.loads(body)
        return JsonResponse(DOORS[what](asked) if isinstance(asked, dict) else {"error": {"code": "bad_request"}})
    except Refused as error:
        return JsonResponse({"error": {"code": error.code, "detail": error.detail, "ids": error.ids}})
    except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError):
        return JsonResponse({"error": {"code": "bad_request"}})
    except DatabaseError as error:  # its text may hold a row
        return JsonResponse({"error": {"code": "database", "detail": type(error).__name__}})
    except Exception as error:  # of the project's own signals and models: a 500 would mail its locals, and so rows
        return JsonResponse({"error": {"code": "internal", "detail": type(error).__name__}})
