"""Every mistake in an alliance file or a demo file is told with its line, in a sentence for its author."""
# ruff: noqa: E501  (the tables below are read row by row)

from dataclasses import dataclass
from pathlib import Path

import pytest

from bjc import alliance as door
from bjc.errors import Invalid, NotFound

ALLIANCE = door.default_alliance_path()
DEMO = door.default_demo_path()


@dataclass
class Draft:
    """A copy of a data file in a folder of its own, to be spoilt in one place."""

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        return self.folder / self.name

    def spoil(self, old: str, new: str) -> int:
        """Replaces the one place where `old` stands; returns the line on which `new` begins."""
        text = self.path.read_text("utf-8")
        assert text.count(old) == 1, f"{text.count(old)} places hold {old!r}"
        self.path.write_text(text.replace(old, new), "utf-8")
        return text[: text.index(old)].count("\n") + 1

    def told(self) -> list[str]:
        return [str(problem) for problem in door.check(self.path)]


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    (tmp_path / ALLIANCE.name).write_bytes(ALLIANCE.read_bytes())
    return Draft(tmp_path, ALLIANCE.name)


@pytest.fixture
def demo_draft(draft: Draft) -> Draft:
    (draft.folder / DEMO.name).write_bytes(DEMO.read_bytes())
    return Draft(draft.folder, DEMO.name)


# --- mistakes in an alliance file --------------------------------------------------------------------

POST = 'key: pdb-sfrs-chief, title: "Chief Fire Officer, SFRS", kind: chief, body: pdb, service: sfrs'
CHAIR = "    chair:\n      posts: [pdb-sfrs-chief, pdb-hwfrs-chief]\n      first_year: 2026\n"
# fmt: off
MISTAKES = [
    # what is wrong, where it stands, what is written instead, what is told
    ("a service nobody knows", POST, POST.replace("service: sfrs", "service: sfr"),
     "post pdb-sfrs-chief names the service 'sfr', which is not among hwfrs, sfrs. Did you mean 'sfrs'?"),
    ("a body nobody knows", POST, POST.replace("body: pdb", "body: pbd"),
     "post pdb-sfrs-chief names the body 'pbd', which is not among pdb, sab. Did you mean 'pdb'?"),
    ("a kind nobody knows", POST, POST.replace("kind: chief", "kind: chef"),
     "post pdb-sfrs-chief: 'kind' is 'chef', which is not among adviser, assistant, authority-representative, "
     "chief, clerk, deputy, finance, office, officer. Did you mean 'chief'?"),
    ("a post of no service", POST, POST.replace(", service: sfrs", ""), "post pdb-sfrs-chief belongs to no service: only an adviser may."),
    ("two posts with one key", "{key: pdb-sfrs-deputy,", "{key: pdb-sfrs-chief,",
     "two posts have the key 'pdb-sfrs-chief': give each its own."),
    ("a key that is no key", "{key: pdb-sfrs-deputy,", "{key: PDB deputy,",
     "post PDB deputy: 'key' is 'PDB deputy'; it takes small letters, digits and hyphens, such as pdb-sfrs-chief."),
    ("a misspelt name", "    authority: Shropshire", "    autority: Shropshire",
     "service sfrs: 'autority' is not known here. Did you mean 'authority'? "
     "Known are key, name, short_name, authority, risk_plan, risk_plan_name."),
    ("a misspelt policy name", "      scope_days: 10", "      scope_day: 10",
     "policy 2026.1: 'scope_day' is not known here. Did you mean 'scope_days'? Known are present_per_service, "
     "scope_days, approval_days, extension_days, grace_days, closes_at, in_writing, fastest_answer_seconds."),
    ("a repeated name", "    risk_plan: CRMP", "    name: Somebody else", "'name' is here twice, first on line 34."),
    ("a body that nobody chairs", CHAIR, "", "body pdb has no 'chair'. Say who chairs it."),
    ("an empty chair", CHAIR, "    chair:\n", "body pdb: 'chair' is empty. Say who chairs it."),
    ("a chair that names nobody", CHAIR, "    chair: {first_year: 2026}\n",
     "body pdb: say who chairs: either 'posts' that take turns by year, or one 'seat'."),
    ("turns without a first year", CHAIR, CHAIR.replace("      first_year: 2026\n", ""),
     "body pdb: posts that take turns need 'first_year', the year of the first one named."),
    ("a chair from another body", CHAIR, CHAIR.replace("pdb-hwfrs-chief", "sab-hwfrs-chief"),
     "body pdb is chaired by the post 'sab-hwfrs-chief', which is not among pdb-hwfrs-assistant, pdb-hwfrs-chief, "
     "pdb-hwfrs-deputy, pdb-hwfrs-finance, pdb-sfrs-assistant, pdb-sfrs-chief, pdb-sfrs-deputy, pdb-sfrs-finance. "
     "Did you mean 'pdb-hwfrs-chief'?"),
    ("a seat nobody knows", "      vice_seat: lead", "      vice_seat: leader",
     "body pwg is chaired by the seat 'leader', which is not among adviser, chair, expert-hwfrs, expert-sfrs, lead, "
     "sponsor. Did you mean 'lead'?"),
    ("a body without cadence", "    cadence:\n      meetings_a_year: 12\n      or_as_required: true\n", "",
     "body pwg has no 'cadence'. Say how often it meets."),
    ("no deciding body", "    role: decides", "    role: oversees", "exactly one body must have the role 'decides'; here 0 have it."),
    ("a meeting on a bank holiday", "      - 2026-05-06", "      - 2026-05-04",
     "the pdb meets on 2026-05-04, which is no working day in England."),
    ("meetings out of order", "      - 2026-05-06", "      - 2026-09-02",
     "the pdb's meetings are out of order: 2026-08-05 comes after a later or equal date."),
    ("a meeting in the far future", "      - 2028-02-02", "      - 2082-02-02",
     "the pdb cannot meet on 2082-02-02: the calendar runs 2010 to 2040."),
    ("a day that does not exist", "      - 2026-05-06", "      - 2026-02-30", "'2026-02-30' is not a date or a number that exists."),
    ("a closure day that is no date", "    closure_days: []", "    closure_days: [Christmas]",
     "policy 2026.1: 'closure_days.1' is 'Christmas', which is not a date: write it as 2026-12-31."),
    ("a version taken for a number", 'version: "2026.1"', "version: 2026.1",
     "policy 2026.1: 'version' is taken for a number (2026.1): put it in quotes."),
    ("an hour taken for a number", '      closes_at: "17:00"\n      in_writing: true', "      closes_at: 17:00\n      in_writing: true",
     "policy 2026.1: 'decision.closes_at' is taken for a number (1020): put it in quotes."),
    ("an hour that is none", '      closes_at: "17:00"\n      in_writing: true', '      closes_at: "5pm"\n      in_writing: true',
     "policy 2026.1: 'decision.closes_at' is '5pm'; it takes a time like \"17:00\", in quotes."),
    ("a number in words", "      scope_days: 10", "      scope_days: ten",
     "policy 2026.1: 'decision.scope_days' is 'ten', which is not a number this can be: write digits only."),
    ("a number too small", "      scope_days: 10", "      scope_days: 0",
     "policy 2026.1: 'decision.scope_days': input should be greater than or equal to 1."),
    ("a limit of nobody", "      officer_limit: {sfrs: 350000, hwfrs: 350000}", "      officer_limit: {sfrs: 1, hwfrs: 1, srfs: 1}",
     "policy 2026.1 sets a limit for the service 'srfs', which is not among hwfrs, sfrs. Did you mean 'sfrs'?"),
    ("a service without a limit", "      officer_limit: {sfrs: 350000, hwfrs: 350000}", "      officer_limit: {sfrs: 350000}",
     "policy 2026.1 sets no officer limit for the service 'hwfrs'."),
    ("a limit below nothing", "      officer_limit: {sfrs: 350000, hwfrs: 350000}", "      officer_limit: {sfrs: 350000, hwfrs: -1}",
     "policy 2026.1 has the officer limit -1 for hwfrs: it must be an amount in pounds."),
    ("policies out of order", "    effective_from: 2026-04-01", "    effective_from: 2018-06-01",
     "policy 2026.1 begins before 2018.1: put the older one first."),
    ("two policies from one day", "    effective_from: 2026-04-01", "    effective_from: 2018-07-01",
     "policies 2018.1 and 2026.1 both begin on 2018-07-01."),
    ("two policies of one name", 'version: "2026.1"', 'version: "2018.1"', "two policies have the key '2018.1': give each its own."),
    ("advice owed by nobody", "    post: pdb-sfrs-finance", "    post: pdb-sfrs-treasurer",
     "finance advice names the post 'pdb-sfrs-treasurer', which is not among the 24 there are. "
     "Did you mean 'pdb-sfrs-deputy'?"),
    ("advice owed by the other service", "    post: pdb-sfrs-deputy", "    post: pdb-hwfrs-finance",
     "impact advice for sfrs is owed by 'pdb-hwfrs-finance', but that is a post of hwfrs."),
    ("a list that is none", "    also_called: [Programme Delivery Board, Alliance Programme Board, Programme Board]",
     "    also_called: Programme Board", "body pdb: 'also_called' should be a list: begin each entry with '- '."),
    ("two deliverables with one key", "      - key: s5-d2", "      - key: s1-d2",
     "two entries of the plan have the key 's1-d2': give each its own."),
    ("an anchor", "name: Fire Alliance\n", "name: &name Fire Alliance\n",
     "anchors (&) and aliases (*) are not taken here: write the value out."),
]
# What is not there has no line: then it is the line on which its entry, or the later of two, begins.
ELSEWHERE = {
    "body pdb has no 'chair'. Say who chairs it.": "  - key: pdb",
    "body pwg has no 'cadence'. Say how often it meets.": "  - key: pwg",
    "exactly one body must have the role 'decides'; here 0 have it.": "bodies:",
    "the pdb's meetings are out of order: 2026-08-05 comes after a later or equal date.": "      - 2026-08-05",
}
# fmt: on


@pytest.mark.parametrize(("old", "new", "told"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_told_with_its_line(draft: Draft, old: str, new: str, told: str) -> None:
    line = draft.spoil(old, new)
    problems = door.check(draft.path)
    assert told in [p.message for p in problems]
    found = next(p for p in problems if p.message == told)
    on = draft.path.read_text("utf-8").splitlines()[found.line - 1]
    assert on == ELSEWHERE.get(told) or line <= found.line < line + max(new.count("\n"), 1), on
    with pytest.raises(Invalid) as refused:
        door.load_alliance(draft.path)
    assert f"line {found.line}: {told}" in str(refused.value)


def test_the_line_of_something_missing_is_where_its_entry_begins(draft: Draft) -> None:
    draft.spoil(CHAIR, "")
    (problem,) = door.check(draft.path)
    assert draft.path.read_text("utf-8").splitlines()[problem.line - 1] == "  - key: pdb"
    assert problem.path == "bodies[1].chair"


def test_a_service_without_posts_on_the_deciding_body_is_refused(draft: Draft) -> None:
    text = draft.path.read_text("utf-8")
    draft.path.write_text(text.replace("body: pdb, service: hwfrs", "body: sab, service: hwfrs"), "utf-8")
    told = [p for p in door.check(draft.path) if p.path == "services[1]"]
    assert [p.message for p in told] == [
        "service hwfrs has no posts on the deciding body pdb, but 2 must be present for a decision."
    ]


def test_an_alliance_of_one_service_is_refused(draft: Draft) -> None:
    text = draft.path.read_text("utf-8")
    begins, ends = text.index("  - key: hwfrs"), text.index("bodies:")
    draft.path.write_text(text[:begins] + text[ends:], "utf-8")
    assert draft.told() == ["line 26: the file: 'services' needs at least 2 entries; here 1."]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(draft: Draft) -> None:
    draft.spoil("    authority: Shropshire", "    autority: Shropshire")
    draft.spoil("      scope_days: 10", "      scope_days: ten")
    draft.spoil(CHAIR, "")
    problems = door.check(draft.path)
    assert len(problems) == 4
    assert [p.line for p in problems] == sorted(p.line for p in problems)
    with pytest.raises(Invalid, match=r"fire_alliance\.yaml has 4 mistakes"):
        door.load_alliance(draft.path)


# --- mistakes in a demo file -------------------------------------------------------------------------

A2 = "  - {person: a2, post: pdb-sfrs-deputy, from: 2022-09-01}"
# fmt: off
DEMO_MISTAKES = [
    ("an unknown post", A2, A2.replace("deputy", "deputee"),
     "a holding of a2 names the post 'pdb-sfrs-deputee', which is not among the 24 there are. Did you mean 'pdb-sfrs-deputy'?"),
    ("an unknown person", A2, A2.replace("a2", "a22"), "holding 5 names the person 'a22', which is not among"),
    ("two holders of one post", A2, A2.replace("pdb-sfrs-deputy", "pdb-sfrs-assistant"),
     "a3 holds pdb-sfrs-assistant from 2023-01-09, while a2 holds it with no end date."),
    ("a day too long", "{person: a9, post: pdb-sfrs-chief, from: 2018-07-01, to: 2024-03-31}",
     "{person: a9, post: pdb-sfrs-chief, from: 2018-07-01, to: 2024-04-01}",
     "a1 holds pdb-sfrs-chief from 2024-04-01, while a9 holds it to 2024-04-01."),
    ("an end before the start", A2, A2.replace("2022-09-01", "2022-09-01, to: 2022-08-31"),
     "holding 5: a2 holds pdb-sfrs-deputy from 2022-09-01, but only to 2022-08-31."),
    ("two seats on one body", A2, A2.replace("person: a2", "person: a4"),
     "a4 would hold pdb-sfrs-deputy and pdb-sfrs-finance on the pdb at the same time."),
    ("an address that is none", "officer.a2@sfrs.example", "officer.a2 at sfrs",
     "person a2: 'email' is 'officer.a2 at sfrs': An email address must have an @-sign."),
    ("an address with a line break", "officer.a2@sfrs.example", '"officer.a2@sfrs.example\\nBcc: all@sfrs.example"',
     "person a2: 'email' is"),
    ("one address for two", "officer.a2@sfrs.example", "Officer.A1@sfrs.example",
     "persons a1 and a2 have the same address officer.a1@sfrs.example."),
    ("an unknown service", "email: officer.a2@sfrs.example, service: sfrs", "email: officer.a2@sfrs.example, service: srfs",
     "person a2 names the service 'srfs', which is not among hwfrs, sfrs. Did you mean 'sfrs'?"),
    ("a chair from outside the board", "    chair: pdb-sfrs-assistant", "    chair: officer-hwfrs-ict",
     "group ict has officer-hwfrs-ict as its chair: that takes a post on the pdb of the kind chief or deputy"),
    ("an unknown group", "    group: fire-control", "    group: fire-controls",
     "project fire-control names the group 'fire-controls', which is not among"),
    ("an unknown deliverable", "    deliverables: [s2-d1]", "    deliverables: [s2-d9]",
     "project fire-control names the deliverable 's2-d9', which is not among"),
    ("an unknown principle", "    principles: [capacity,", "    principles: [capacities,",
     "case joint-ict-service-desk names the principle 'capacities', which is not among"),
    ("a section left out", "      equality_screened: \"yes\"\n", "", "case joint-ict-service-desk has no 'document.equality_screened'."),
    ("a yes without quotes", "      equality_screened: \"yes\"", "      equality_screened: yes",
     "case joint-ict-service-desk: 'document.equality_screened' is taken for yes or no (True): put it in quotes."),
    ("nothing said for a service", "        hwfrs: £52,700", "        hwfsr: £52,700",
     "case joint-ict-service-desk says nothing here for the service 'hwfrs'."),
    ("a path instead of a file's name", "alliance: fire_alliance.yaml", "alliance: ../fire_alliance.yaml",
     "the file: 'alliance' is '../fire_alliance.yaml'; it takes the name of a file in the same folder"),
]
# fmt: on


@pytest.mark.parametrize(
    ("old", "new", "told"), [m[1:] for m in DEMO_MISTAKES], ids=[m[0] for m in DEMO_MISTAKES]
)
def test_a_mistake_in_a_demo_is_told_with_its_line(demo_draft: Draft, old: str, new: str, told: str) -> None:
    demo_draft.spoil(old, new)
    problems = door.check(demo_draft.path)
    found = [p for p in problems if p.message.startswith(told)]
    assert found, problems
    assert all(p.line > 1 for p in problems)
    with pytest.raises(Invalid, match=r"fire_alliance_demo\.yaml has"):
        door.load_demo(demo_draft.path)


def test_a_demo_whose_alliance_is_missing_or_wrong_says_which_file(draft: Draft, demo_draft: Draft) -> None:
    draft.spoil("    role: decides", "    role: oversees")
    with pytest.raises(Invalid, match=r"fire_alliance\.yaml has"):
        door.load_demo(demo_draft.path)
    draft.path.unlink()
    with pytest.raises(NotFound, match=r"fire_alliance\.yaml does not exist"):
        door.check(demo_draft.path)
