"""Every SELECT, named as the question it answers."""
