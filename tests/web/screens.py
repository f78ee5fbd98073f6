"""What the browser tests of the case pages share: a furnished site, a way in, and what is asked of every page."""

from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page

from bjc.actions import cases
from bjc.actions.settle import settle
from bjc.actions.sign_in import begin_visit
from bjc.db.cases import Case
from bjc.db.session import Database
from bjc.rules.decision import Choice
from bjc.rules.stages import Stage
from tests.builders import (
    NOW,
    a_case,
    answers,
    assignments,
    end_grace,
    lead_of,
    office,
    vote,
)

STAGES = (
    Stage.SCOPING,
    Stage.SCOPE_DECISION,
    Stage.DRAFTING,
    Stage.ANALYSIS,
    Stage.DECISION,
    Stage.DELEGATED,
)
LONG_WORD = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 2
# GOV.UK stretches the links of a task list and of a pagination over the whole of their row.
SMALL = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
    .filter(e => e.offsetParent && !e.closest('p, li:not([class])'))
    .filter(e => !e.matches('[type=hidden], .govuk-skip-link, .govuk-pagination__link, .govuk-task-list__link'))
    .map(e => [e.innerText || e.name, Math.round(e.getBoundingClientRect().height)]).filter(f => f[1] < 44)"""


class Site(NamedTuple):
    """A served application, the references of its cases by stage, and the visits of its people."""

    address: str
    refs: dict[str, str]
    visits: dict[str, str]


def furnish_cases(database: Database) -> tuple[dict[str, str], dict[str, str]]:
    """A case at every stage, and more than one page of the list holds: references by stage, visits by person."""
    with database.writing() as db:
        lead = lead_of(db)
        for number in range(55):
            cases.open_case(db, lead.id, "sfrs", answers(title=f"{LONG_WORD} {number}"), NOW)
        made = {stage.name: a_case(db, stage).ref for stage in STAGES}
        asked = a_case(db, Stage.ANALYSIS)
        cases.ask_questions(db, asked.ref, f"Who owns the tool? {LONG_WORD}", office(db), NOW)
        made["asked"], made["conditions"] = asked.ref, _with_conditions(db)
        people = {
            "lead": lead.id,
            "office": office(db).person_id or 0,
            "member": assignments(db, asked)[0][1].id,
        }
        return made, {who: begin_visit(db, person, NOW) for who, person in people.items()}


def _with_conditions(db: Any) -> str:
    case: Case = a_case(db, Stage.DECISION)
    for row, _ in assignments(db, case):
        vote(
            db,
            case,
            row,
            Choice.APPROVE_WITH_CONDITIONS,
            reason=LONG_WORD,
            conditions=f"Price it. {LONG_WORD}",
        )
    end_grace(db, case)
    settle(db, case.ref, NOW)
    return case.ref


def enter(chrome: Browser, site: Site, who: str, width: int = 320, scripts: bool = True) -> BrowserContext:
    """A browser of this width in which somebody is signed in."""
    context = chrome.new_context(
        base_url=site.address, viewport={"width": width, "height": 700}, java_script_enabled=scripts
    )
    context.add_cookies([{"name": "bjc-visit", "value": site.visits[who], "url": site.address}])
    return context


def fits(page: Page, where: str) -> None:
    """Nothing to scroll sideways, even with everything unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, f"{where} is {wide} pixels too wide"


def check(page: Page, where: str) -> None:
    """It fits, it is accessible (axe), everything is large enough for a thumb, and there is one h1."""
    from axe_playwright_python.sync_playwright import Axe

    fits(page, where)
    report = Axe().run(page)
    assert report.violations_count == 0, f"{where}: {report.generate_report()}"
    assert page.locator("h1").count() == 1, where
    assert page.evaluate(SMALL) == [], where


def press(page: Page, button: str) -> None:
    """Press the button of this name."""
    page.get_by_role("button", name=button, exact=True).click()


def reach(page: Page, selector: str) -> None:
    """Press Tab until this element has the focus, and see that the focus shows."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(selector).first.evaluate("e => e === document.activeElement"):
            seen = "getComputedStyle(document.activeElement)"
            shown = page.evaluate(f"{seen}.outlineStyle + {seen}.boxShadow + {seen}.backgroundColor")
            assert shown != "nonenonergba(0, 0, 0, 0)"
            return
    raise AssertionError(f"{selector} is not reached by the Tab key")
