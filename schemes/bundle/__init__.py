"""A published result as one file that anyone can check later: the scheme, the inputs, the outcome and their digests.

A bundle is a zip without compression whose bytes follow from its contents, so that any changed byte shows. It proves
that the outcome follows from the scheme and the inputs, and that nothing in it was touched; whether it is the bundle
that an office handed out is told by comparing its digests with those the office shows.
"""

from .archive import write_bundle
from .contents import input_files
from .sealing import bundle_of
from .verification import Check, Verification, verify_bundle

__all__ = ["Check", "Verification", "bundle_of", "input_files", "verify_bundle", "write_bundle"]
