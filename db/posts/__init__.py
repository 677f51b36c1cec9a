"""Posts: the blog, from the first draft to what readers see. Called by both doors."""

from db.markdown import Heading
from db.posts._shape import Cover, Draft, Entry, Post, Revision, Writer

__all__ = ["Cover", "Draft", "Entry", "Heading", "Post", "Revision", "Writer"]
