"""bjc: a workflow engine for business justification cases."""

__version__ = "0.1.0"
