"""One run a case: settle whatever is due, show what is waited for, suspend. The run remembers nothing, so it may
be resumed, retried, cancelled or deleted at any time; it starts here again, from the top (design.md D2).
"""

import logging
from uuid import uuid4

from prefect import flow, get_run_logger, runtime, suspend_flow_run, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.context import FlowRunContext
from prefect.states import Completed
from prefect.tasks import Task, exponential_backoff
from sqlalchemy.exc import OperationalError

from bjc.actions import routes
from bjc.actions.facts import Wait
from bjc.actions.settle import settle
from bjc.clock import utcnow
from bjc.db.questions.routes import Routed, routed
from bjc.errors import Unavailable
from bjc.rules.working_days import spoken_deadline
from bjc.settings import get_settings
from flows.store import database
