"""What the owner and authors write, drawn as HTML. Its drawing runs in the child of db/press only.

Markdown's parser can be stalled or blown up by what it reads, so nothing here but the shapes and `pictures_in` is for
the house itself, and neither loads that parser. What strangers write is db/markup's.
"""

from db.markdown._shape import Answer, Heading, Job, Lettering, Picture, Printed, Printing, pictures_in

__all__ = ["Answer", "Heading", "Job", "Lettering", "Picture", "Printed", "Printing", "pictures_in"]
