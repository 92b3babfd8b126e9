"""The configuration of a company as one file: written, read, compared, brought in.

Apps contribute their parts as `ConfigSection`; a part names things by their own names and codes, never by ids of the database.
"""

from zhike.core.configfile.documents import DocumentError, read_document, write_document
from zhike.core.configfile.engine import ConfigRefused, Difference, Problem, bring_in, export, rehearse, sections
from zhike.core.configfile.sections import ConfigSection, Keys, Property, Refusal

__all__ = [
    "ConfigRefused",
    "ConfigSection",
    "Difference",
    "DocumentError",
    "Keys",
    "Problem",
    "Property",
    "Refusal",
    "bring_in",
    "export",
    "read_document",
    "rehearse",
    "sections",
    "write_document",
]
