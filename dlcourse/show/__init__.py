"""Show: figures as functions that take and return matplotlib ``Axes``."""
