"""The steps as plain functions, in the order things happen: load, build, publish, or all of them by `run`.

The command line and the DAGs call these and nothing else. Each is idempotent on content.
"""
