"""A round walked by people through the pages of a real installation, from plan to plaque."""
