"""What runs by the clock. Every task here only looks for work in the database: a missed beat costs a minute."""

from celery.schedules import crontab

SCHEDULE = {
    "send letters": {"task": "requests_app.tasks.send_letters", "schedule": 60.0},
    "advance claims": {"task": "fulfilment.tasks.sweep", "schedule": 60.0},
    "tell recipients": {"task": "fulfilment.tasks.send_notices", "schedule": 60.0},
    "mind owners": {"task": "fulfilment.tasks.mind_owners", "schedule": 60.0},
    "end restrictions": {"task": "fulfilment.tasks.end_restrictions", "schedule": 300.0},
    "look for suppressed": {"task": "fulfilment.tasks.look_for_suppressed", "schedule": crontab(minute=40)},
    "begin monthly runs": {"task": "fulfilment.tasks.begin_runs", "schedule": crontab(minute=20)},
    "mind identities": {"task": "identity.tasks.sweep", "schedule": 60.0},
    "mind the unanswered": {"task": "identity.tasks.mind_unanswered", "schedule": crontab(minute=35)},
    "refresh paused clocks": {"task": "requests_app.tasks.refresh_clocks", "schedule": crontab(hour="*", minute=5)},
    "clear sessions": {"task": "dsar_portal.tasks.clear_sessions", "schedule": crontab(minute=17)},
}
# A wake-up nobody fetched is void before the next one: a stopped worker finds one sweep waiting, not a thousand.
for entry in SCHEDULE.values():
    entry["options"] = {"expires": 55}
