"""`python -m pipeline` is `tokenbooks`."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
