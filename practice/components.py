"""Buttons, selects and forms: what Discord refuses of them when they are offered, and what its client would not send
back. Source: Discord's 'Component Reference'."""

from collections.abc import Mapping

from practice.model import Json
from practice.refusals import invalid_form

ROW, BUTTON, SELECT, TEXT_INPUT, LABEL = 1, 2, 3, 4, 18
SELECTS = frozenset({3, 5, 6, 7, 8})
LINK, PREMIUM = 5, 6
ROWS_MAX = BUTTONS_MAX = 5
OPTIONS_MAX = 25
CUSTOM_ID_MAX, BUTTON_LABEL_MAX, FIELD_LABEL_MAX, PLACEHOLDER_MAX, TEXT_MAX = 100, 80, 45, 100, 4000


def check(listed: list[Json], path: str = "components") -> list[Json]:
    """The rows of a message; raises 50035 for what does not fit. The newer kinds without rows are kept as they come."""
    rows = [each for each in listed if each.get("type") == ROW]
    if len(rows) > ROWS_MAX:
        raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {ROWS_MAX} in length.")
    seen: set[str] = set()
    for index, row in enumerate(rows):
        check_row(row, f"{path}.{index}.components", seen)
    return listed


def check_row(row: Json, path: str, seen: set[str]) -> None:
    inner: list[Json] = row.get("components") or []
    length_between(inner, 1, BUTTONS_MAX, path)
    if len(inner) > 1 and any(each.get("type") in SELECTS for each in inner):
        raise invalid_form(path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
    for index, each in enumerate(inner):
        check_control(each, f"{path}.{index}")
        number = each.get("custom_id")
        if number is not None and number in seen:
            problem = "Component custom id cannot be duplicated"
            raise invalid_form(f"{path}.{index}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", problem)
        seen.add(str(number))


def check_control(part: Json, path: str) -> None:
    if part.get("type") == BUTTON:
        check_button(part, path)
    elif part.get("type") in SELECTS:
        length_between(str(part.get("custom_id") or ""), 1, CUSTOM_ID_MAX, f"{path}.custom_id")
        if part["type"] == SELECT:
            length_between(part.get("options") or [], 1, OPTIONS_MAX, f"{path}.options")
    else:
        problem = "Value of field type must be one of (2, 3, 5, 6, 7, 8)."
        raise invalid_form(f"{path}.type", "UNION_TYPE_CHOICES", problem)


def check_button(button: Json, path: str) -> None:
    """A button that leads somewhere has an address; any other has an id, by which the bot knows it."""
    if len(button.get("label") or "") > BUTTON_LABEL_MAX:
        raise invalid_form(f"{path}.label", "BASE_TYPE_MAX_LENGTH", f"Must be {BUTTON_LABEL_MAX} or fewer in length.")
    if button.get("style") == LINK:
        if not str(button.get("url") or "").startswith(("http://", "https://", "discord://")):
            raise invalid_form(f"{path}.url", "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    elif button.get("style") != PREMIUM:
        length_between(str(button.get("custom_id") or ""), 1, CUSTOM_ID_MAX, f"{path}.custom_id")
        if not button.get("label") and not button.get("emoji"):
            raise invalid_form(path, "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji.")


def check_form(form: Json) -> None:
    """A modal: its title, and one to five fields."""
    length_between(str(form.get("title") or ""), 1, 45, "data.title")
    length_between(str(form.get("custom_id") or ""), 1, CUSTOM_ID_MAX, "data.custom_id")
    listed: list[Json] = form.get("components") or []
    length_between(listed, 1, 5, "data.components")
    for index, part in enumerate(listed):
        check_form_part(part, f"data.components.{index}")


def check_form_part(part: Json, path: str) -> None:
    """A label with what it names, or a row with a text field that names itself."""
    if part.get("type") == LABEL:
        length_between(str(part.get("label") or ""), 1, FIELD_LABEL_MAX, f"{path}.label")
        if len(part.get("description") or "") > PLACEHOLDER_MAX:
            raise invalid_form(f"{path}.description", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
        if (part.get("component") or {}).get("type") == TEXT_INPUT:
            check_text_field(part["component"], f"{path}.component")
    elif part.get("type") == ROW:
        length_between(part.get("components") or [], 1, 1, f"{path}.components")
        field: Json = part["components"][0]
        length_between(str(field.get("label") or ""), 1, FIELD_LABEL_MAX, f"{path}.components.0.label")
        check_text_field(field, f"{path}.components.0")


def check_text_field(field: Json, path: str) -> None:
    length_between(str(field.get("custom_id") or ""), 1, CUSTOM_ID_MAX, f"{path}.custom_id")
    longest = {"value": field.get("max_length") or TEXT_MAX, "placeholder": PLACEHOLDER_MAX}
    for key, most in longest.items():
        if len(field.get(key) or "") > most:
            raise invalid_form(f"{path}.{key}", "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


def length_between(value: str | list[Json], least: int, most: int, path: str) -> None:
    if not least <= len(value) <= most:
        raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")


def filled(part: Json, values: Mapping[str, str]) -> Json:
    """A form's component with what was typed into it, in the shape that a submission has. Raises ValueError, with a
    sentence, for what the client would not send."""
    if part["type"] == TEXT_INPUT:
        value = values.get(part["custom_id"], part.get("value") or "")
        check_typed(part, value)
        return {"type": TEXT_INPUT, "id": part.get("id", 1), "custom_id": part["custom_id"], "value": value}
    identity = {"type": part["type"], "id": part.get("id", 1)}
    if part["type"] == LABEL:
        return {**identity, "component": filled(part["component"], values)}
    if "components" in part:
        return {**identity, "components": [filled(inner, values) for inner in part["components"]]}
    return identity


def check_typed(field: Json, value: str) -> None:
    least, most = field.get("min_length") or 0, field.get("max_length") or TEXT_MAX
    if not value and field.get("required", True):
        raise ValueError(f"The field {field['custom_id']} must be filled.")
    if value and not least <= len(value) <= most:
        raise ValueError(f"The field {field['custom_id']} takes {least} to {most} characters, not {len(value)}.")


def find(listed: list[Json], custom_id: str) -> Json:
    """The button or select of a message with this id. Raises LookupError when it is not there."""
    for part in listed:
        if part.get("custom_id") == custom_id:
            return part
        inner = [*(part.get("components") or []), *([part["accessory"]] if "accessory" in part else [])]
        if inner:
            try:
                return find(inner, custom_id)
            except LookupError:
                continue
    raise LookupError(f"The message has no component {custom_id!r}.")


def check_press(part: Json, values: list[str]) -> None:
    """Raises ValueError for what the client would not let anybody press or choose."""
    if part.get("disabled"):
        raise ValueError(f"{part['custom_id']} cannot be used any more.")
    if part["type"] == BUTTON:
        return
    least, most = part.get("min_values", 1), part.get("max_values", 1)
    offered = {each["value"] for each in part.get("options") or []}
    if not least <= len(values) <= most or (offered and not offered.issuperset(values)):
        raise ValueError(f"{part['custom_id']} takes {least} to {most} of what it offers.")
