"""How fast it is, each figure beside its yardstick in one run. `make bench`, or `python -m benchmarks --help`.

Every measured command is a process of its own, started cold, with the files it reads warm. Data are made by DuckDB
in a temporary directory. Nothing here is a test: figures are printed with their limit, not enforced.
"""
