"""What people see: figures, tables and the page of a study, in English and in Danish."""

from __future__ import annotations
