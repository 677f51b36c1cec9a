"""The press's child at work: one job after the other, until nobody asks any more."""

from typing import BinaryIO

import msgspec

from db.markdown._drawing import Unfit, draw
from db.markdown._shape import Answer, Job, Lettering

LENGTH = 4  # bytes before each job and each answer that say how long it is
TOO_DEEP = "That text is nested too deeply to be drawn."
TOO_MUCH = "That text takes too much memory to be drawn."
BROKEN = "That text cannot be drawn. Taking out what was added last may help."


def work(jobs: BinaryIO, answers: BinaryIO) -> None:
    _send(answers, Answer())  # all is loaded
    decoder = msgspec.json.Decoder(Job)
    while head := jobs.read(LENGTH):
        job = decoder.decode(jobs.read(int.from_bytes(head)))
        _send(answers, answer(job))


def answer(job: Job) -> Answer:
    """What became of it; whatever the parser raises becomes a sentence."""
    try:
        return _done(job)
    except Unfit as unfit:
        return Answer(refused=str(unfit))
    except RecursionError:
        return Answer(refused=TOO_DEEP)
    except MemoryError:
        return Answer(refused=TOO_MUCH)
    except Exception as error:  # noqa: BLE001 - a parser may raise whatever a text makes it raise
        return Answer(refused=BROKEN, fault=type(error).__name__)


def _done(job: Job) -> Answer:
    if isinstance(job, Lettering):
        from db.lettering import letter  # noqa: PLC0415 - Pillow is loaded when the first card is asked for

        return Answer(card=letter(job.title, job.by, job.site))
    return Answer(printed=draw(job.body, job.pictures))


def _send(answers: BinaryIO, answer: Answer) -> None:
    said = msgspec.json.encode(answer)
    answers.write(len(said).to_bytes(LENGTH) + said)
    answers.flush()
