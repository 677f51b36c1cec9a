"""Open-Meteo: weather that turns every few seconds. Source: open-meteo.com/en/docs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from aiohttp import web

from practice.model import Json

NAME = "weather"
STEP = 20  # seconds, after which it is different
OFFSET = 7200
STEPS = ((0, 18.4), (2, 17.9), (3, 16.2), (61, 14.8), (63, 13.5), (95, 12.9), (80, 13.6), (1, 15.7))


def environment(base: str) -> dict[str, str]:
    return {
        "WEATHER_PLACE": "The Porch",
        "WEATHER_LATITUDE": "52.52",
        "WEATHER_LONGITUDE": "13.41",
        "WEATHER_BASE_URL": f"{base}/v1",
        "WEATHER_PERIOD": "20",
    }


def routes(now: Callable[[], float]) -> list[web.RouteDef]:
    async def forecast(request: web.Request) -> web.StreamResponse:
        try:
            latitude, longitude = (float(request.query[name]) for name in ("latitude", "longitude"))
        except (KeyError, ValueError):
            return _refused("Parameter 'latitude' and 'longitude' must have the same number of elements")
        if not -90 <= latitude <= 90:
            return _refused(f"Latitude must be in range of -90 to 90\u00b0. Given: {latitude}.")
        place = {"latitude": round(latitude, 2), "longitude": round(longitude, 2), "elevation": 38.0}
        wanted = {name: request.query.get(name, "").split(",") for name in ("current", "daily")}
        return web.json_response(place | _weather(now(), wanted))

    return [web.get("/v1/forecast", forecast)]


def _refused(reason: str) -> web.Response:
    return web.json_response({"error": True, "reason": reason}, status=400)


def _weather(now: float, wanted: dict[str, list[str]]) -> Json:
    code, temperature = STEPS[int(now // STEP) % len(STEPS)]
    here = datetime.fromtimestamp(now, UTC) + timedelta(seconds=OFFSET)
    current: Json = {
        "temperature_2m": temperature,
        "apparent_temperature": round(temperature - 1.3, 1),
        "relative_humidity_2m": 50 + code % 40,
        "is_day": 1 if 6 <= here.hour < 20 else 0,
        "weather_code": code,
        "wind_speed_10m": 7.6 + code % 11,
    }
    daily: Json = {
        "temperature_2m_max": [19.1],
        "temperature_2m_min": [11.4],
        "sunrise": [f"{here:%Y-%m-%d}T06:12"],
        "sunset": [f"{here:%Y-%m-%d}T19:48"],
    }
    return {
        "utc_offset_seconds": OFFSET,
        "timezone": "Europe/Berlin",
        "timezone_abbreviation": "GMT+2",
        "current": {
            "time": f"{here:%Y-%m-%dT%H:%M}",
            "interval": 900,
            **{name: value for name, value in current.items() if name in wanted["current"]},
        },
        "daily": {
            "time": [f"{here:%Y-%m-%d}"],
            **{name: value for name, value in daily.items() if name in wanted["daily"]},
        },
    }
