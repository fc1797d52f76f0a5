"""Session logs to measure with: months of Claude Code's work as it lies below ~/.claude/projects, with a known answer.

Of each request an answer has several lines, the last with all of its output; a resumed session copies those of the
one before it, some lines stand twice in a row, and some gateways give answers no id. Same arguments, same bytes.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

FILES = 600
PROJECTS = 12
PEOPLE = ("ana", "ben", "cleo", "dai")
MODELS = ("claude-opus-5", "claude-sonnet-4-6", "claude-haiku-4-5-20251001")
RESUMED = 8  # every how many sessions one starts with the lines of the one before
WORDS = 'read \\"usage\\" of lines\\n'  # as JSON writes them
MOST_WORDS = 2

SESSION = (
    '{{"parentUuid":"{parent}","isSidechain":false,"userType":"external","cwd":"/src/{project}",'
    '"sessionId":"{session}","version":"2.0.14","gitBranch":"main",'
)
ASKED = (
    SESSION + '"type":"user","message":{{"role":"user","content":[{{"tool_use_id":"{tool}","type":"tool_result",'
    '"content":"{text}"}}]}},"uuid":"{uuid}","timestamp":"{at}"}}\n'
)
ANSWERED = (
    SESSION + '"message":{{"model":"{model}",{id}"type":"message","role":"assistant","content":[{{"type":"text",'
    '"text":"{text}"}}],"stop_reason":null,"stop_sequence":null,"usage":{{"input_tokens":{uncached_input},'
    '"cache_creation_input_tokens":{written},"cache_read_input_tokens":{cache_read},"cache_creation":'
    '{{"ephemeral_5m_input_tokens":{cache_write_5m},"ephemeral_1h_input_tokens":{cache_write_1h}}},'
    '"output_tokens":{output},"service_tier":"standard"}}}},{request}"type":"assistant","uuid":"{uuid}",'
    '"timestamp":"{at}"}}\n'
)
SNAPSHOT = '{{"type":"file-history-snapshot","messageId":"{uuid}","snapshot":{{"trackedFileBackups":{{}}}}}}\n'


class Logs:
    """Writes the logs; `tokens` is what each class comes to, `lines` and `bytes` what was written."""

    def __init__(self, lines: int, seed: int = 1) -> None:
        """`lines`: how many in all, to the next whole request."""
        self.wanted = lines
        self.random = random.Random(seed)  # noqa: S311  # numbers to measure with, no secrets
        self.tokens: Counter[str] = Counter()
        self.lines = self.bytes = self.requests = 0

    def write(self, home: Path, delivery: Path) -> None:
        """The same files twice, by hard links: as a program keeps them below `home`, as they are delivered flat."""
        before: list[str] = []
        other = ""
        written = time.time() - 60  # `load` leaves alone what changed a moment ago
        for number in range(FILES):
            session = f"{number:08x}-0000-4000-8000-000000000000"
            project = f"project{number % PROJECTS:02d}"
            lines = self._resumed(before, other, session) if number % RESUMED == RESUMED - 1 else []
            goal = self.wanted * (number + 1) // FILES - self.lines
            while len(lines) < goal:
                lines += self._request(session, project)
            path = home / ".claude" / "projects" / f"-src-{project}" / f"{session}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(lines), "utf-8")
            os.utime(path, (written, written))
            person = PEOPLE[number % PROJECTS % len(PEOPLE)]
            delivery.mkdir(parents=True, exist_ok=True)
            (delivery / f"{person}@example.com--{session}.jsonl").hardlink_to(path)
            self.lines += len(lines)
            self.bytes += path.stat().st_size
            before, other = lines, session

    def _resumed(self, before: list[str], other: str, session: str) -> list[str]:
        """What a session copies of the one before it. Answers without an id are told apart by nothing but their text,
        and so a copy of one could not be known for one."""
        with_id = [line for line in before if '"usage":{' not in line or '"id":"msg_' in line]
        return [line.replace(other, session) for line in with_id[: len(with_id) // 2]]

    def _request(self, session: str, project: str) -> Iterator[str]:
        """The lines of one question and its answer; counts what it takes, once."""
        draw, number = self.random.random, self.requests
        self.requests += 1
        day = 1 + number * 29 // max(1, self.wanted)
        at = f"2026-09-{day:02d}T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}"
        tokens = self._taken()
        fields: dict[str, str | int] = {**tokens, **_ids(number), "session": session, "project": project}
        fields["written"] = tokens["cache_write_5m"] + tokens["cache_write_1h"]
        fields["model"] = MODELS[int(draw() * len(MODELS))]
        named = draw() >= 0.02
        if not named:
            fields |= {"id": "", "request": ""}
        output, blocks = 6 + int(draw() * 3000), 1 + int(draw() * 4) if named else 1
        if number % 40 == 0:
            yield SNAPSHOT.format(uuid=f"{number:08x}")
        yield ASKED.format(text=self._text(), uuid=f"{number:08x}-q", at=f"{at}.000Z", **fields)
        for block in range(1, blocks + 1):
            said = output if block == blocks else 1 + block
            line = ANSWERED.format(
                text=self._text(), uuid=f"{number:08x}-{block}", at=f"{at}.{block}00Z", output=said, **fields
            )
            yield line
            if named and draw() < 0.03:
                yield line
        self.tokens.update(tokens | {"output": output})

    def _taken(self) -> dict[str, int]:
        """What a request takes, without its answer."""
        draw = self.random.random
        return {
            "uncached_input": 1 + int(draw() * 4000),
            "cache_read": int(draw() * 150_000),
            "cache_write_5m": int(draw() * 9_000),
            "cache_write_1h": int(draw() * 2) * int(draw() * 5_000),
        }

    def _text(self) -> str:
        return WORDS * (1 + int(self.random.random() * MOST_WORDS))


def _ids(number: int) -> dict[str, str]:
    return {
        "parent": f"{number:08x}-1111-4111-8111-111111111111",
        "tool": f"toolu_{number:024d}",
        "id": f'"id":"msg_{number:024d}",',
        "request": f'"requestId":"req_{number:024d}",',
    }
