"""What a demo file must get right: it names posts, services and plan entries that its alliance has."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from bjc.rules.alliance_model import Alliance
from bjc.rules.demo_model import Demo, DemoCase, Holding, Project, WorkingGroup
from bjc.rules.faults import Fault, Place, not_among, twice


def faults(demo: Demo, alliance: Alliance) -> Iterator[Fault]:
    """Every mistake of a well-formed demo file, in no particular order."""
    for name in ("persons", "groups", "projects", "cases"):
        entries = enumerate(getattr(demo, name))
        yield from twice(name, (((name, i, "key"), entry.key) for i, entry in entries))
    yield from _persons(demo, alliance)
    yield from _holdings(demo, alliance)
    yield from _overlaps(demo)
    yield from _two_seats(demo, alliance)
    for index, group in enumerate(demo.groups):
        yield from _group(group, alliance, ("groups", index))
    for index, project in enumerate(demo.projects):
        yield from _planned(project, demo, alliance, ("projects", index))
    for index, case in enumerate(demo.cases):
        yield from _planned(case, demo, alliance, ("cases", index))
        yield from _case(case, alliance, ("cases", index))


def _persons(demo: Demo, alliance: Alliance) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    services = [s.key for s in alliance.services]
    for index, person in enumerate(demo.persons):
        place: Place = ("persons", index)
        if person.email in seen:
            told = f"persons {seen[person.email]} and {person.key} have the same address {person.email}."
            yield Fault((*place, "email"), told)
        seen.setdefault(person.email, person.key)
        if person.service is not None:
            yield from _known(
                (*place, "service"), f"person {person.key}", "service", person.service, services
            )


def _holdings(demo: Demo, alliance: Alliance) -> Iterator[Fault]:
    persons, posts = [p.key for p in demo.persons], [p.key for p in alliance.posts]
    for index, held in enumerate(demo.holdings):
        place: Place = ("holdings", index)
        yield from _known((*place, "person"), f"holding {index + 1}", "person", held.person, persons)
        yield from _known((*place, "post"), f"a holding of {held.person}", "post", held.post, posts)


def _overlaps(demo: Demo) -> Iterator[Fault]:
    by_post = sorted(enumerate(demo.holdings), key=lambda pair: (pair[1].post, pair[1].since, pair[0]))
    for (_, earlier), (index, later) in pairwise(by_post):
        if earlier.post == later.post and (earlier.until is None or later.since <= earlier.until):
            told = f"{later.person} holds {later.post} from {later.since}, while {_until(earlier)}."
            yield Fault(("holdings", index, "from"), told)


def _until(held: Holding) -> str:
    return f"{held.person} holds it {'to ' + str(held.until) if held.until else 'with no end date'}"


def _two_seats(demo: Demo, alliance: Alliance) -> Iterator[Fault]:
    """One person, one vote: nobody sits on one body twice at a time."""
    body = {p.key: p.body for p in alliance.posts if p.body}
    seated = [(i, h) for i, h in enumerate(demo.holdings) if h.post in body]
    for at, (index, held) in enumerate(seated):
        for _, other in seated[:at]:
            same = (
                other.person == held.person
                and other.post != held.post
                and body[other.post] == body[held.post]
            )
            if same and (other.holds_on(held.since) or held.holds_on(other.since)):
                told = f"{held.person} would hold {other.post} and {held.post} on the {body[held.post]} at the same time."
                yield Fault(("holdings", index, "post"), told)


def _group(group: WorkingGroup, alliance: Alliance, place: Place) -> Iterator[Fault]:
    posts = {p.key: p for p in alliance.posts}
    seats = {s.key: s for b in alliance.bodies for s in b.seats}
    yield from _known((*place, "strand"), f"group {group.key}", "strand", group.strand, _strands(alliance))
    for name, word in (("chair", group.chair), ("sponsor", group.sponsor), ("lead", group.lead)):
        yield from _known((*place, name), f"group {group.key}", "post", word, posts)
        seat, post = seats.get(name), posts.get(word)
        if seat and post and (post.kind not in seat.kinds or (seat.body and post.body != seat.body)):
            where = f" on the {seat.body}" if seat.body else ""
            told = f"group {group.key} has {word} as its {name}: that takes a post{where} of the kind {' or '.join(seat.kinds)}."
            yield Fault((*place, name), told)


def _planned(entry: Project | DemoCase, demo: Demo, alliance: Alliance, place: Place) -> Iterator[Fault]:
    who = f"{'case' if isinstance(entry, DemoCase) else 'project'} {entry.key}"
    yield from _known((*place, "group"), who, "group", entry.group, [g.key for g in demo.groups])
    yield from _known((*place, "strand"), who, "strand", entry.strand, _strands(alliance))
    for index, key in enumerate(entry.deliverables):
        yield from _known((*place, "deliverables", index), who, "deliverable", key, alliance.plan_keys())


def _case(case: DemoCase, alliance: Alliance, place: Place) -> Iterator[Fault]:
    who, services = f"case {case.key}", [s.key for s in alliance.services]
    posts, principles = [p.key for p in alliance.posts], [p.key for p in alliance.principles]
    yield from _known((*place, "service"), who, "service", case.service, services)
    yield from _known((*place, "lead"), who, "post", case.lead, posts)
    for index, key in enumerate(case.principles):
        yield from _known((*place, "principles", index), who, "principle", key, principles)
    yield from _each_service((*place, "scope", "effect"), who, case.scope.effect, services)
    said = case.delegation.people_and_pounds
    yield from _each_service((*place, "delegation", "people_and_pounds"), who, said, services)


def _each_service(place: Place, who: str, said: dict[str, str], services: list[str]) -> Iterator[Fault]:
    for word in said:
        yield from _known((*place, word), who, "service", word, services)
    for missing in sorted(set(services) - set(said)):
        yield Fault(place, f"{who} says nothing here for the service '{missing}'.")


def _strands(alliance: Alliance) -> list[str]:
    return [strand.key for strand in alliance.strands]


def _known(place: Place, who: str, what: str, word: str, known: Iterable[str]) -> Iterator[Fault]:
    names = list(known)
    if word not in names:
        yield Fault(place, f"{who} names the {what} '{word}', {not_among(word, names)}")
