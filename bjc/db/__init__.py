"""The store: tables by subject, SELECTs named as questions, and the two ways to open a session."""
