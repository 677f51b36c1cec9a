"""The press: draws what authors write, and the pictures with which posts are linked, in processes that may be killed.

Made by db/store as `store.press`. What is drawn, and how, stands in db/markdown.
"""

from db.markdown import Heading, Picture, Printed, pictures_in
from db.press._name import NAME
from db.press._press import Press

__all__ = ["NAME", "Heading", "Picture", "Press", "Printed", "pictures_in"]
