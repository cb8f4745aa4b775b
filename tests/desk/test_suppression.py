"""Who must not get marketing, as staff see it: counts, days and tasks, nobody's address; each company its own."""

import sqlite3
from contextlib import closing

from django.utils import timezone

import demo
from fulfilment.models import HandTask
from fulfilment.stopping import came_back, suppression
from law.rights import Right
from requests_app.controllers import controller
from tests.desk.conftest import run

PAGE = "/staff/marketing/"


def test_a_company_sees_its_own_looks_and_tasks(own_sources, open_case, at_desk):
    with closing(sqlite3.connect(own_sources / "ajour" / "tills.sqlite")) as tills:
        tills.execute("UPDATE users SET customer_no = ? WHERE id = 1", (demo.persona("ajour", "astri").customer_no,))
        tills.commit()
    case = open_case(Right.marketing_objection, slug="ajour", persona="astri")
    run(case.claims.get())
    assert HandTask.objects.get().source == "tills"
    came_back.look(controller("ajour"), now=timezone.now())
    theirs = at_desk("stranger").get(PAGE)
    assert theirs.status_code == 200 and case.reference in theirs.content.decode()
    (company,) = theirs.context["companies"]
    assert [(where, late) for _task, where, _until, late in company.tasks] == [
        ("Users of the till system: Your user account in the till system", False)
    ]
    assert company.listed == suppression.count("ajour") > 0 and company.looks[0].looked > 100
    assert case.person["email"] not in theirs.content.decode()
    assert case.reference not in at_desk("caseworker").get(PAGE).content.decode()


def test_whoever_works_on_no_case_does_not_see_it(at_desk):
    assert at_desk("administrator").get(PAGE).status_code == 403
    assert at_desk("nobody").get(PAGE).status_code in (302, 403)
