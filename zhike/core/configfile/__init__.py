"""The configuration of a company as one file: written, read, compared, brought in.

Apps contribute their parts as `ConfigSection`; a part names things by their own names and codes, never by ids of the database.
"""

from zhike.core.configfile.documents import DocumentError, read_document, write_document
from zhike.core.configfile.engine import ConfigRefused, Difference, Problem, bring_in, export, rehearse, sections
from zhike.core.configfile.rows import columns_of, read_rows
from zhike.core.configfile.sections import ConfigSection, Keys, Property, Refusal, Skipped

__all__ = [
    "ConfigRefused",
    "ConfigSection",
    "Difference",
    "DocumentError",
    "Keys",
    "Problem",
    "Property",
    "Refusal",
    "Skipped",
    "bring_in",
    "columns_of",
    "export",
    "read_document",
    "read_rows",
    "rehearse",
    "sections",
    "write_document",
]
