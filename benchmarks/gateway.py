"""Pull and load a month of requests from LiteLLM's database: what they take in the lake, and what they take there."""

from pathlib import Path

import psycopg

from benchmarks.measure import BenchmarkFailed, Figure, Size, timed, tokenbooks
from benchmarks.postgres import postgres_server
from pipeline.settings import Books

ROWS = 1_000_000
LIMIT = 0.1
PASSWORD = "benchmark"  # noqa: S105  of a server on loopback that lives for minutes

# A request every few seconds of September, by 200 people with 500 keys in 20 teams; no prompts are kept.
FILL = """
    INSERT INTO "LiteLLM_SpendLogs"
    SELECT 'chatcmpl-' || md5(n::text), 'acompletion', encode(sha256(('k' || n % 500)::bytea), 'hex'),
        asked * 3e-6 + answered * 15e-6, asked + answered, asked, answered, t, t + interval '2.5 s',
        t + interval '0.6 s', 2500, model, md5(model), model, provider, 'https://api.example.com/v1',
        'user-' || n % 200,
        jsonb_build_object(
            'user_api_key', encode(sha256(('k' || n % 500)::bytea), 'hex'), 'user_api_key_alias', 'key-' || n % 500,
            'user_api_key_user_id', 'user-' || n % 200, 'user_api_key_team_id', 'team-' || n % 20, 'status', 'success',
            'additional_usage_values',
            jsonb_build_object('cache_read_input_tokens', h % 200, 'cache_creation_input_tokens', 0)
        ),
        'False', 'Cache OFF', jsonb_build_array('project:p' || n % 30, 'User-Agent: claude-cli'), 'team-' || n % 20,
        NULL, NULL, '10.0.0.1', '{}', '{}', md5((n / 10)::text)::uuid::text, 'success', NULL, NULL, '{}'
    FROM (
        SELECT n, h, 200 + h / 7 % 4000 AS asked, 20 + h / 31 % 900 AS answered,
            timestamp '2026-09-01' + n * (interval '30 days' / :rows) AS t,
            (ARRAY['claude-opus-5', 'claude-sonnet-5', 'gpt-5.6', 'gemini-3-pro'])[1 + h % 4] AS model,
            (ARRAY['anthropic', 'anthropic', 'openai', 'vertex_ai'])[1 + h % 4] AS provider
        FROM (SELECT n, abs(hashint8(n)::bigint) AS h FROM generate_series(0::bigint, :rows - 1) AS n) AS numbered
    ) AS made
"""


def measure(workplace: Path, scale: float, repeats: int) -> Figure:
    """Sizes do not differ from run to run, so there is one. Raises BenchmarkFailed when a row is missing."""
    rows = max(1000, int(ROWS * scale))
    books = Books.create(workplace / "books")
    with postgres_server(PASSWORD) as url:
        with psycopg.connect(url, password=PASSWORD, autocommit=True) as connection:
            connection.execute(FILL.replace(":rows", str(rows)).encode())
            connection.execute('VACUUM ANALYZE "LiteLLM_SpendLogs"')
            sized = connection.execute("""SELECT pg_total_relation_size('"LiteLLM_SpendLogs"')""").fetchone()
        days = ["--from", "2026-09-01", "--to", "2026-10-01"]
        where = {"TOKENBOOKS_LITELLM_URL": url, "TOKENBOOKS_LITELLM_KEY": PASSWORD}
        account = ["litellm_spend_logs", "--account", "acme"]
        pull = timed(tokenbooks("pull", *account, *days, "--books", books.home), where)
    load = timed(tokenbooks("load", "--books", books.home))
    files = list(books.lake.rglob("*.parquet"))
    lake = sum(path.stat().st_size for path in files)
    copied = sum(path.stat().st_size for path in books.landing.rglob("*.csv"))
    if not files or not sized:
        raise BenchmarkFailed("the load left no Parquet in the lake")
    name = f"{rows:,} requests in the lake"
    figure = Figure(name, [Size(lake)], "LiteLLM's SpendLogs in PostgreSQL, with indexes", [Size(sized[0])], LIMIT)
    figure.notes = [
        f"pulled as {copied / 1e6:,.0f} MB of CSV in {pull.seconds:.1f} s, peak {pull.peak_mib:,.0f} MiB",
        f"loaded and gated in {load.seconds:.1f} s, peak {load.peak_mib:,.0f} MiB",
    ]
    return figure
