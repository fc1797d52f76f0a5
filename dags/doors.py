"""What else wakes `ingest`, beside landing and the clock: the message queue that TOKENBOOKS_QUEUE names."""

from airflow.sdk import AssetWatcher

from pipeline.settings import BooksError, Doors


def queue() -> list[AssetWatcher]:
    """The watcher of the queue, if one is named; nothing is imported for it otherwise. Raises BooksError without it."""
    settings = Doors().queue
    if not settings:
        return []
    try:
        from airflow.providers.common.messaging.triggers.msg_queue import MessageQueueTrigger
    except ModuleNotFoundError as error:
        cure = "install tokenbooks[redis], or apache-airflow-providers-common-messaging and your queue's provider"
        raise BooksError(f"TOKENBOOKS_QUEUE is set, but {error.name} is not installed; {cure}") from error
    return [AssetWatcher(name="queue", trigger=MessageQueueTrigger(**settings))]
