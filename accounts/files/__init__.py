"""Files that people hand in as materials: what they are, whether they are safe, and a harmless copy to show.

Nothing here knows Django or the database. ``sandbox.check_file`` is the door: it runs everything else in a process of
its own. The rest is pure: ``inspection`` decides, ``recognise`` tells kinds by content, ``photos``, ``office`` and
``pdfs`` know their formats, ``names`` makes names safe.
"""
