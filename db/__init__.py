"""What the site knows, and what may be done with it. Both doors (web/ and cogs/) import this package; it imports
neither.
"""
