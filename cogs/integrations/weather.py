"""The weather where the owner lives, from Open-Meteo, which needs no key.

Source: open-meteo.com/en/docs; its weather codes are WMO table 4677 in short. Its times are local ones without a zone,
and `utc_offset_seconds` says which.
"""

from datetime import datetime, timedelta, timezone

import msgspec

from db.cards import Snapshot
from db.config import Weather

from ._outbound import Outbound, SourceFailed
from ._words import Part, line, shaped

CURRENT = "temperature_2m,apparent_temperature,relative_humidity_2m,is_day,weather_code,wind_speed_10m"
DAILY = "temperature_2m_max,temperature_2m_min,sunrise,sunset"
NOWHERE = "It does not take these coordinates: look at [weather] latitude and longitude."
WORDS = {
    0: "clear sky",
    1: "mostly clear",
    2: "some clouds",
    3: "overcast",
    45: "fog",
    48: "freezing fog",
    51: "light drizzle",
    53: "drizzle",
    55: "heavy drizzle",
    56: "light freezing drizzle",
    57: "freezing drizzle",
    61: "light rain",
    63: "rain",
    65: "heavy rain",
    66: "light freezing rain",
    67: "freezing rain",
    71: "light snow",
    73: "snow",
    75: "heavy snow",
    77: "snow grains",
    80: "light showers",
    81: "showers",
    82: "violent showers",
    85: "light snow showers",
    86: "snow showers",
    95: "thunderstorm",
    96: "thunderstorm with hail",
    99: "thunderstorm with heavy hail",
}
BY_NIGHT = {0: "clear night"}


class Current(Part, frozen=True):
    temperature_2m: float
    weather_code: int
    apparent_temperature: float | None = None
    relative_humidity_2m: float | None = None
    is_day: int = 1
    wind_speed_10m: float | None = None


class Daily(Part, frozen=True):
    temperature_2m_max: tuple[float | None, ...] = ()
    temperature_2m_min: tuple[float | None, ...] = ()
    sunrise: tuple[str | None, ...] = ()
    sunset: tuple[str | None, ...] = ()


class Forecast(Part, frozen=True):
    current: Current
    daily: Daily = msgspec.field(default_factory=Daily)
    utc_offset_seconds: int = 0


async def fetch(outbound: Outbound, settings: Weather) -> Snapshot:
    query = {
        "latitude": f"{settings.latitude or 0:.4f}",  # neither is None where it is asked
        "longitude": f"{settings.longitude or 0:.4f}",
        "current": CURRENT,
        "daily": DAILY,
        "timezone": "auto",
        "forecast_days": "1",
    }
    try:
        forecast = shaped(await outbound.json("/forecast", query=query), Forecast)
    except SourceFailed as failed:
        raise SourceFailed(NOWHERE, is_setup=True) if failed.status == 400 else failed from None
    return Snapshot(_drawn(forecast, line(settings.place, 60), settings.units))


def _drawn(forecast: Forecast, place: str, units: str) -> dict[str, object]:
    """Always in metric units, which the card may show as others: then not rounded twice."""
    rounded = _whole if units == "metric" else _tenths
    now, today, offset = forecast.current, forecast.daily, forecast.utc_offset_seconds
    words = WORDS.get(now.weather_code, "weather")
    return {
        "place": place,
        "units": units,
        "temperature_c": rounded(now.temperature_2m),
        "feels_c": rounded(now.apparent_temperature),
        "code": now.weather_code,
        "words": words if now.is_day else BY_NIGHT.get(now.weather_code, words),
        "is_day": bool(now.is_day),
        "wind_kmh": rounded(now.wind_speed_10m),
        "humidity": _whole(now.relative_humidity_2m),
        "high_c": rounded(next(iter(today.temperature_2m_max), None)),
        "low_c": rounded(next(iter(today.temperature_2m_min), None)),
        "sunrise": _local(next(iter(today.sunrise), None), offset),
        "sunset": _local(next(iter(today.sunset), None), offset),
    }


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)


def _tenths(number: float | None) -> float | None:
    return None if number is None else round(number, 1)


def _local(written: str | None, offset: int) -> str | None:
    """A local time with its zone."""
    try:
        zone = timezone(timedelta(seconds=offset))
        return datetime.fromisoformat(written or "").replace(tzinfo=zone).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return None
