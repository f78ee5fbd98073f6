import threading, time
from bjc.rules.stages import Stage
from bjc.db import session
from tests.flows.world import World, working

def test_busy(world: World, monkeypatch):
    ref = world.case_is_parked()
    world.everybody_accepts(ref)
    from flows.store import database
    database().engine.dispose()
    monkeypatch.setattr(session, "PRAGMAS", (*session.PRAGMAS[:3], "PRAGMA busy_timeout=300"))
    world.until(lambda: world.state(ref) == "Resuming")
    with working():
        with world.locked():
            t=time.monotonic()
            while time.monotonic()-t < 4: time.sleep(.1)
        world.until(lambda: world.state(ref) == "Completed", dispatching=False)
    print(world.route(ref), [ (r.state.name, r.run_count) for r in world.all_runs(ref)])
    assert 0
