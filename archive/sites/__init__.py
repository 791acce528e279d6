"""Site profiles: what is known of a newspaper's pages, as data. `profile` reads one, `registry` finds all."""

from archive.sites.profile import Family, load_family, load_profile
from archive.sites.schema import Layout, Site

__all__ = ["Family", "Layout", "Site", "load_family", "load_profile"]
