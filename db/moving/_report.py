"""What a move has come to: how much, and a sentence for each file that was left out."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """`known`: posts that were there already, and stayed as they were. `numbers`: sums of visitors that are new."""

    posts: int = 0
    known: int = 0
    pictures: int = 0
    numbers: int = 0
    said: list[str] = field(default_factory=list)

    def say(self, name: str, why: str) -> None:
        self.said.append(f"{name}: {why.rstrip('.')}.")

    def __str__(self) -> str:
        known = f", {self.known} were here already" if self.known else ""
        numbers = f" {self.numbers:,} sums of visitors." if self.numbers else ""
        return "\n".join([*self.said, f"{self.posts} posts and {self.pictures} pictures{known}.{numbers}"])
