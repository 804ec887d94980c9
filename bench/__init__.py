"""The benchmark: data sets, floors, rows and budgets. Start with __main__.py."""
