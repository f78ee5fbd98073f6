"""The roof: when to wake. Thin flows, the dispatcher that sees that due cases have a run, and the worker."""
