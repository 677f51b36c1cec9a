"""Members who do not want to be counted, the owner's own visits apart, which never are. Acts."""

from db.people import Person
from db.store import Store


async def exclude(store: Store, person: Person, on: bool) -> None:
    """From here on this member's visits are not counted while they are logged in; or they are again."""
    if on:
        await store.pool.execute(
            """/* excluding.add */ insert into visit_exclusions (person_id) values ($1)
            on conflict (person_id) do nothing""",
            person.id,
        )
    else:
        await store.pool.execute("/* excluding.remove */ delete from visit_exclusions where person_id = $1", person.id)
