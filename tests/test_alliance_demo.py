"""The demo holds people for every post, the foundation projects, and a case that fits every form."""

from datetime import date

import pytest

from bjc import alliance as door
from bjc.rules.alliance_model import Alliance
from bjc.rules.case import frozen, scope_model
from bjc.rules.demo_model import Demo
from bjc.rules.triage import TriageOutcome, triage


@pytest.fixture(scope="module")
def fire() -> Alliance:
    return door.load_alliance(door.default_alliance_path())


@pytest.fixture(scope="module")
def demo() -> Demo:
    return door.load_demo(door.default_demo_path())


def test_every_post_is_held_today_by_a_person_with_a_neutral_name(fire: Alliance, demo: Demo) -> None:
    held = {post.key: demo.holder_on(post.key, date(2026, 11, 22)) for post in fire.posts}
    assert None not in held.values()
    assert all(p and p.name.split()[0] in ("Officer", "Member") for p in held.values())
    assert all(p.email.endswith(".example") for p in demo.persons)


def test_a_chief_fire_officer_sits_on_both_boards(demo: Demo) -> None:
    day = date(2026, 11, 22)
    for service in ("sfrs", "hwfrs"):
        on_sab, on_pdb = (demo.holder_on(f"{body}-{service}-chief", day) for body in ("sab", "pdb"))
        assert on_sab == on_pdb is not None


def test_a_post_passes_from_one_holder_to_the_next_on_its_day(demo: Demo) -> None:
    days = date(2018, 6, 30), date(2024, 3, 31), date(2024, 4, 1)
    holders = [demo.holder_on("pdb-sfrs-chief", day) for day in days]
    assert [p and p.name for p in holders] == [None, "Officer A9", "Officer A1"]


def test_the_four_foundation_projects_come_with_their_minutes(demo: Demo) -> None:
    assert [(p.key, p.strand) for p in demo.projects] == [
        ("fire-control", "s2"),
        ("risk-planning", "s1"),
        ("ict", "s4"),
        ("procurement", "s4"),
    ]
    assert all(p.minute and p.origin == "Agreed before this system" for p in demo.projects)
    assert demo.projects[0].events[0].when == "May 2020"
    assert len(demo.projects[0].viable_options) == 4
    assert len(demo.projects[2].sub_projects) == 4


def test_the_demo_case_fills_every_form_as_it_stands(fire: Alliance, demo: Demo) -> None:
    case = demo.cases[0]
    policy = door.policy_on(fire, date(2026, 5, 6))
    assert triage(case.triage, policy.triage).outcome is TriageOutcome.BJC
    model = scope_model([(s.key, s.short_name) for s in fire.services])
    body, digest = frozen(model, case.scope.answers())
    assert body["submit_by"] == "2026-07-10"
    assert body["effect_sfrs"].startswith("38% of shared cost")
    assert len(digest) == 64
    assert case.document.amount == case.triage.amount < policy.delegation.officer_limit["sfrs"]
