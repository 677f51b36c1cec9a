"""Commands, forms, buttons and autocompletion, answered by discord.py's own command tree."""

import asyncio

import discord
import pytest
from discord import app_commands

from practice import Answers, Practice, commands, components, porch
from practice.model import Json
from practice.refusals import Refusal
from tests.practice.conftest import Connect, Listener, until


@pytest.fixture
async def guild(practice: Practice, client: Listener) -> discord.Object:
    return discord.Object(practice.guild_id)


async def sync(client: Listener, guild: discord.Object) -> None:
    client.tree.copy_global_to(guild=guild)
    await client.tree.sync(guild=guild)


async def test_a_slash_command_goes_there_and_back(practice: Practice, client: Listener, guild: discord.Object) -> None:
    group = app_commands.Group(name="hangout", description="The room.")

    @group.command(description="Greets somebody.")
    async def greet(interaction: discord.Interaction, who: discord.Member, times: int = 1) -> None:
        await interaction.response.send_message(f"hello {who.display_name} {times}", ephemeral=True)

    client.tree.add_command(group)
    await sync(client, guild)
    answer = await practice.command("hangout greet", {"who": practice.member("Mika").user.id, "times": 2})
    assert (answer.kind, answer.content, answer.ephemeral) == (Answers.MESSAGE, "hello Mika 2", True)
    assert practice.messages() == []


async def test_a_deferred_answer_is_first_loading_and_then_filled(
    practice: Practice, client: Listener, guild: discord.Object
) -> None:
    @client.tree.command(description="Thinks.")
    async def think(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.followup.send("thought")
        await interaction.followup.send("and more")

    await sync(client, guild)
    answer = await practice.command("think")
    await until(lambda: len(practice.messages()) == 2)
    assert answer.content == "thought"
    assert [message.content for message in practice.messages()] == ["thought", "and more"]
    await until(lambda: len(client.heard) == 2)
    assert (client.texts[0], client.heard[0].webhook_id) == ("", practice.application_id)


async def test_a_role_is_given_chosen_and_seen_on_who_asks(
    practice: Practice, client: Listener, guild: discord.Object
) -> None:
    @client.tree.command(description="Shows.")
    async def show(interaction: discord.Interaction, role: discord.Role) -> None:
        held = [each.name for each in interaction.user.roles] if isinstance(interaction.user, discord.Member) else []
        await interaction.response.send_message(f"{role.name}, held: {held[1:]}")

    await sync(client, guild)
    bakers = practice.add_role("Bakers")
    practice.give_role("Teo", bakers.id)
    assert (await practice.command("show", {"role": bakers.id}, who="Teo")).content == "Bakers, held: ['Bakers']"
    practice.take_role("Teo", bakers.id)
    assert (await practice.command("show", {"role": bakers.id}, who="Teo")).content == "Bakers, held: []"


def test_as_many_menus_and_as_large_commands_are_taken_as_by_discord() -> None:
    world = Practice().world
    for number in range(15):
        commands.register(world, porch.GUILD, {"name": f"Menu {number}", "type": 3})
    for given in (
        {"name": "One more", "type": 3},
        {
            "name": "big",
            "description": "x",
            "options": [{"name": f"o{n}", "description": "x" * 100} for n in range(25)],
        },
    ):
        options = [
            {**each, "choices": [{"name": "x" * 100, "value": "y" * 100}] * 2} for each in given.get("options", [])
        ]
        with pytest.raises(Refusal):
            commands.register(world, porch.GUILD, given | ({"options": options} if options else {}))
    commands.register(world, porch.GUILD, {"name": "Menu on people", "type": 2})


async def test_options_are_completed_while_typing(practice: Practice, client: Listener, guild: discord.Object) -> None:
    @client.tree.command(description="Plants.")
    async def plant(interaction: discord.Interaction, kind: str) -> None:
        await interaction.response.send_message(kind)

    @plant.autocomplete("kind")
    async def kinds(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        known = [each for each in ("rose", "rue", "fern") if each.startswith(typed)]
        return [app_commands.Choice(name=each, value=each) for each in known]

    await sync(client, guild)
    assert [each["value"] for each in await practice.autocomplete("plant", "kind", {"kind": "r"})] == ["rose", "rue"]


async def test_a_form_is_opened_and_sent(practice: Practice, client: Listener, guild: discord.Object) -> None:
    class Form(discord.ui.Modal, title="A few words"):
        words: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(label="Words", custom_id="words")

        async def on_submit(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message(f"you wrote {self.words.value}")

    @client.tree.command(description="Asks.")
    async def ask(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    await sync(client, guild)
    form = await practice.command("ask")
    assert form.modal is not None
    assert form.modal["title"] == "A few words"
    answer = await practice.submit(form, {"words": "hello"})
    assert answer.content == "you wrote hello"


async def test_a_button_changes_its_message(practice: Practice, client: Listener, guild: discord.Object) -> None:
    class View(discord.ui.View):
        @discord.ui.button(label="Press", custom_id="press")
        async def press(self, interaction: discord.Interaction, button: discord.ui.Button["View"]) -> None:
            await interaction.response.edit_message(content="pressed", view=None)

    @client.tree.command(description="Offers a button.")
    async def offer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("press it", view=View())

    await sync(client, guild)
    offered = await practice.command("offer")
    assert offered.message is not None
    answer = await practice.press(offered.message, "press", who="Mika")
    assert (answer.kind, practice.messages()[0].content) == (Answers.UPDATE, "pressed")


async def test_context_menus_are_run_on_messages_and_people(
    practice: Practice, client: Listener, guild: discord.Object
) -> None:
    async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"> {message.content}")

    async def wave(interaction: discord.Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(f"waves at {member.display_name}")

    client.tree.add_command(app_commands.ContextMenu(name="Quote", callback=quote))
    client.tree.add_command(app_commands.ContextMenu(name="Wave", callback=wave))
    await sync(client, guild)
    said = practice.say("Mika", "wise words")
    assert (await practice.menu("Quote", said)).content == "> wise words"
    assert (await practice.menu("Wave", "Teo")).content == "waves at Teo"


async def test_a_file_can_be_an_option(practice: Practice, client: Listener, guild: discord.Object) -> None:
    @client.tree.command(description="Takes a file.")
    async def take(interaction: discord.Interaction, file: discord.Attachment) -> None:
        await interaction.response.send_message((await file.read()).decode())

    await sync(client, guild)
    assert (await practice.command("take", {"file": b"bytes"})).content == "bytes"


async def test_a_second_answer_is_refused(practice: Practice, client: Listener, guild: discord.Object) -> None:
    codes: list[int] = []

    @client.tree.command(description="Answers twice.")
    async def twice(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("one")
        interaction.response._response_type = None  # discord.py would not even ask a second time
        try:
            await interaction.response.send_message("two")
        except discord.HTTPException as refused:
            codes.append(refused.code)

    await sync(client, guild)
    await practice.command("twice")
    await until(lambda: codes)
    assert codes == [40060]


async def test_a_late_answer_is_refused(connect: Connect) -> None:
    clock = [1_800_000_000.0]
    async with Practice(now=lambda: clock[0]) as practice:
        client = await connect(practice)
        refused: list[int] = []

        @client.tree.command(description="Sleeps.")
        async def sleep(interaction: discord.Interaction) -> None:
            clock[0] += 3.5
            try:
                await interaction.response.send_message("late")
            except discord.NotFound as error:
                refused.append(error.code)

        await sync(client, discord.Object(practice.guild_id))
        answer = await practice.command("sleep", timeout=0.2)
        assert (answer.kind, refused) == (None, [10062])


async def test_what_the_client_of_discord_would_not_send_is_not_sent(
    practice: Practice, client: Listener, guild: discord.Object
) -> None:
    @client.tree.command(description="Needs a word.")
    async def need(interaction: discord.Interaction, word: str) -> None:
        raise AssertionError

    await sync(client, guild)
    with pytest.raises(ValueError, match="needs word"):
        await practice.command("need")
    with pytest.raises(LookupError, match="No command"):
        await practice.command("nothing")
    await asyncio.sleep(0)


ROW = {"type": 1}


@pytest.mark.parametrize(
    ("rows", "path"),
    [
        ([{**ROW, "components": []}], "components.0.components"),
        ([{**ROW, "components": [{"type": 2, "style": 1, "label": "x"}]}], "components.0.components.0.custom_id"),
        ([{**ROW, "components": [{"type": 2, "style": 1, "custom_id": "a" * 101}]}], "custom_id"),
        ([{**ROW, "components": [{"type": 2, "style": 5, "label": "x", "url": "javascript:1"}]}], "url"),
        (
            [{**ROW, "components": [{"type": 2, "style": 1, "label": "x", "custom_id": "a"}] * 2}],
            "cannot be duplicated",
        ),
        ([{**ROW, "components": [{"type": 3, "custom_id": "a", "options": []}]}], "options"),
        ([{**ROW, "components": [{"type": 2, "style": 1, "label": "x" * 81, "custom_id": "a"}]}], "label"),
    ],
)
def test_buttons_that_discord_refuses_are_refused(rows: list[Json], path: str) -> None:
    with pytest.raises(Refusal) as refused:
        components.check(rows)
    assert path.rpartition(".")[2] in str(refused.value.errors)


def test_a_form_that_discord_refuses_is_refused() -> None:
    label = {"type": 18, "label": "Words", "component": {"type": 4, "custom_id": "words", "style": 2}}
    components.check_form({"title": "A", "custom_id": "a", "components": [label] * 5})
    for wrong in (
        {"title": "A" * 46},
        {"components": []},
        {"components": [{**label, "label": "x" * 46}]},
        {"components": [{**label, "component": {**label["component"], "value": "x" * 4001}}]},
    ):
        with pytest.raises(Refusal):
            components.check_form({"title": "A", "custom_id": "a", "components": [label], **wrong})


async def test_what_is_typed_into_a_form_must_fit_and_what_is_disabled_cannot_be_pressed(
    practice: Practice, client: Listener, guild: discord.Object
) -> None:
    class Form(discord.ui.Modal, title="A few words"):
        words: discord.ui.Label[discord.ui.Modal] = discord.ui.Label(
            text="Words", component=discord.ui.TextInput(custom_id="words", min_length=2, max_length=5)
        )

        async def on_submit(self, interaction: discord.Interaction) -> None:
            view = discord.ui.View()
            view.add_item(discord.ui.Button(label="Done", custom_id="done", disabled=True))
            await interaction.response.send_message("thanks", view=view, ephemeral=True)

    @client.tree.command(description="Asks.")
    async def ask(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    await sync(client, guild)
    form = await practice.command("ask")
    for words in ("", "a", "abcdef"):
        with pytest.raises(ValueError, match="words"):
            await practice.submit(form, {"words": words})
    answer = await practice.submit(form, {"words": "hello"})
    assert answer.message is not None
    with pytest.raises(ValueError, match="cannot be used"):
        await practice.press(answer.message, "done")
    with pytest.raises(LookupError, match="Nobody else"):
        await practice.press(answer.message, "done", who="Mika")
