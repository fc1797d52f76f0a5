"""When things run, and what wakes what. Wiring only: the work is in `pipeline`."""
