"""The national list of statistical divisions: public reference data, the same for every tenant.

A new list is read into StagedDivision in short transactions and becomes the list in one: readers see
the old list or the new one, whole.
"""

from django.db import models


class DivisionRow(models.Model):
    code = models.CharField("代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=80)
    parent_code = models.CharField("上级代码", max_length=12, db_index=True)

    class Meta:
        abstract = True
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Division(DivisionRow):
    """A street or village of the national list (about 660,000 rows), from which a county takes its organizations."""

    class Meta(DivisionRow.Meta):
        verbose_name = "行政区划"


class StagedDivision(DivisionRow):
    """A row of a list that is being read and is not yet in use."""

    parent_code = models.CharField("上级代码", max_length=12)

    class Meta(DivisionRow.Meta):
        verbose_name = "待用行政区划"
