"""What an alliance's data must get right beyond its shape: every name it uses exists, and it can decide.

Each check yields faults, so that one reading of the file shows every mistake at once.
"""

from collections.abc import Iterator

from bjc.rules.alliance_model import Alliance, Body, Chair
from bjc.rules.faults import Fault, Place, not_among, twice
from bjc.rules.policy import Policy
from bjc.rules.working_days import FIRST_YEAR, LAST_YEAR, is_working_day


def faults(alliance: Alliance) -> Iterator[Fault]:
    """Every mistake of a well-formed alliance, in no particular order."""
    yield from _keys(alliance)
    misplaced = list(_posts(alliance))
    yield from misplaced or _deciding_body(alliance)
    for index, body in enumerate(alliance.bodies):
        yield from _meetings(body, ("bodies", index, "meetings"))
        yield from _chair(alliance, body, body.chair, ("bodies", index, "chair"))
        yield from _seats(alliance, body, ("bodies", index, "seats"))
    yield from _advice(alliance)
    yield from _policy_order(alliance)
    for index, policy in enumerate(alliance.policy):
        yield from _limits(alliance, policy, ("policy", index))


def _keys(alliance: Alliance) -> Iterator[Fault]:
    for name in ("services", "bodies", "posts", "principles", "strands"):
        entries = enumerate(getattr(alliance, name))
        yield from twice(name, (((name, i, "key"), entry.key) for i, entry in entries))
    yield from twice("entries of the plan", _plan_entries(alliance))


def _plan_entries(alliance: Alliance) -> Iterator[tuple[Place, str]]:
    for s, strand in enumerate(alliance.strands):
        for p, priority in enumerate(strand.priorities):
            yield ("strands", s, "priorities", p, "key"), priority.key
        for d, promised in enumerate(strand.deliverables):
            place: Place = ("strands", s, "deliverables", d)
            yield (*place, "key"), promised.key
            for m, measure in enumerate(promised.measures):
                yield (*place, "measures", m, "key"), measure.key


def _posts(alliance: Alliance) -> Iterator[Fault]:
    services, bodies = _services(alliance), {b.key for b in alliance.bodies if b.role != "delivers"}
    for index, post in enumerate(alliance.posts):
        place: Place = ("posts", index)
        if post.service is not None and post.service not in services:
            told = not_among(post.service, services)
            yield Fault((*place, "service"), f"post {post.key} names the service '{post.service}', {told}")
        if post.service is None and post.kind != "adviser":
            yield Fault(place, f"post {post.key} belongs to no service: only an adviser may.")
        if post.body is not None and post.body not in bodies:
            told = not_among(post.body, bodies)
            yield Fault((*place, "body"), f"post {post.key} names the body '{post.body}', {told}")


def _deciding_body(alliance: Alliance) -> Iterator[Fault]:
    deciding = [b for b in alliance.bodies if b.role == "decides"]
    if len(deciding) != 1:
        yield Fault(
            ("bodies",), f"exactly one body must have the role 'decides'; here {len(deciding)} have it."
        )
        return
    body = deciding[0]
    floor = alliance.policy[-1].decision.present_per_service
    for index, service in enumerate(alliance.services):
        posts = alliance.posts_of(body.key, service.key)
        place: Place = ("services", index)
        told = f"service {service.key} has {len(posts) or 'no'} posts on the deciding body {body.key}"
        if len(posts) < floor:
            yield Fault(place, f"{told}, but {floor} must be present for a decision.")
        chiefs = [p for p in posts if p.kind == "chief"]
        if posts and len(chiefs) != 1:
            yield Fault(
                place, f"{told}, of which {len(chiefs)} are of the kind 'chief'; it needs exactly one."
            )


def _meetings(body: Body, place: Place) -> Iterator[Fault]:
    for index, day in enumerate(body.meetings):
        at = (*place, index)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            yield Fault(
                at, f"the {body.key} cannot meet on {day}: the calendar runs {FIRST_YEAR} to {LAST_YEAR}."
            )
        elif not is_working_day(day):
            yield Fault(at, f"the {body.key} meets on {day}, which is no working day in England.")
        if index and day <= body.meetings[index - 1]:
            yield Fault(
                at, f"the {body.key}'s meetings are out of order: {day} comes after a later or equal date."
            )


def _chair(alliance: Alliance, body: Body, chair: Chair, place: Place) -> Iterator[Fault]:
    own = {p.key for p in alliance.posts_of(body.key)}
    for index, post in enumerate(chair.posts):
        if post not in own:
            told = not_among(post, own)
            yield Fault((*place, "posts", index), f"body {body.key} is chaired by the post '{post}', {told}")
    seats = {s.key for s in body.seats}
    for name, seat in (("seat", chair.seat), ("vice_seat", chair.vice_seat)):
        if seat and seat not in seats:
            yield Fault(
                (*place, name), f"body {body.key} is chaired by the seat '{seat}', {not_among(seat, seats)}"
            )


def _seats(alliance: Alliance, body: Body, place: Place) -> Iterator[Fault]:
    yield from twice("seats", (((*place, i, "key"), s.key) for i, s in enumerate(body.seats)))
    bodies = {b.key for b in alliance.bodies}
    for index, seat in enumerate(body.seats):
        for name, word, known in (
            ("service", seat.service, _services(alliance)),
            ("body", seat.body, bodies),
        ):
            if word is not None and word not in known:
                told = not_among(word, known)
                yield Fault((*place, index, name), f"seat {seat.key} names the {name} '{word}', {told}")


def _advice(alliance: Alliance) -> Iterator[Fault]:
    posts = {p.key: p for p in alliance.posts}
    for index, owed in enumerate(alliance.advice):
        place: Place = ("advice", index)
        if owed.service not in _services(alliance):
            told = not_among(owed.service, _services(alliance))
            yield Fault((*place, "service"), f"{owed.kind} advice names the service '{owed.service}', {told}")
        elif owed.post not in posts:
            yield Fault(
                (*place, "post"),
                f"{owed.kind} advice names the post '{owed.post}', {not_among(owed.post, posts)}",
            )
        elif posts[owed.post].service != owed.service:
            told = f"but that is a post of {posts[owed.post].service or 'no service'}."
            yield Fault(
                (*place, "post"), f"{owed.kind} advice for {owed.service} is owed by '{owed.post}', {told}"
            )
    owed_now = [(owed.service, owed.kind) for owed in alliance.advice]
    for service in sorted(_services(alliance)):
        for kind in ("finance", "impact"):
            if owed_now.count((service, kind)) != 1:
                yield Fault(("advice",), f"service {service} needs exactly one post that owes {kind} advice.")


def _policy_order(alliance: Alliance) -> Iterator[Fault]:
    yield from _versions(alliance)
    for index, (earlier, later) in enumerate(
        zip(alliance.policy, alliance.policy[1:], strict=False), start=1
    ):
        place: Place = ("policy", index, "effective_from")
        if later.effective_from == earlier.effective_from:
            yield Fault(
                place, f"policies {earlier.version} and {later.version} both begin on {later.effective_from}."
            )
        elif later.effective_from < earlier.effective_from:
            yield Fault(
                place, f"policy {later.version} begins before {earlier.version}: put the older one first."
            )


def _versions(alliance: Alliance) -> Iterator[Fault]:
    names = [(("policy", i, "version"), p.version) for i, p in enumerate(alliance.policy)]
    return twice("policies", names)


def _limits(alliance: Alliance, policy: Policy, place: Place) -> Iterator[Fault]:
    limits, services = policy.delegation.officer_limit, _services(alliance)
    place = (*place, "delegation", "officer_limit")
    for named in sorted(set(limits) - services):
        told = not_among(named, services)
        yield Fault(
            (*place, named), f"policy {policy.version} sets a limit for the service '{named}', {told}"
        )
    for missing in sorted(services - set(limits)):
        yield Fault(place, f"policy {policy.version} sets no officer limit for the service '{missing}'.")
    for named, limit in limits.items():
        if limit < 0 or not limit.is_finite():
            yield Fault(
                (*place, named),
                f"policy {policy.version} has the officer limit {limit} for {named}: it must be an amount in pounds.",
            )


def _services(alliance: Alliance) -> set[str]:
    return {service.key for service in alliance.services}
