"""YAML, ours and a company's, read by libyaml where PyYAML has it: a tenth of what every command waits for it."""

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str | bytes) -> Any:
    """What a YAML document says, as plain values. Raises yaml.YAMLError naming line and column."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506, both loaders are safe
