"""Only named files of packages are served, and all that are named exist."""

import pytest
from django.contrib.staticfiles import finders

from config.vendor import PACKAGES, CollectedStorage, VendorFinder

SERVED = [
    "vendor/echarts/echarts.min.js",
    "vendor/tus/tus.min.js",
    "vendor/noto-sans-sc/index.css",
    "vendor/noto-serif-sc/files/noto-serif-sc-4-wght-normal.woff2",
    "django_htmx/htmx-2.min.js",
    "drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js",
]
REFUSED = [
    "vendor/echarts/echarts.js",
    "vendor/echarts/../package.json",
    "vendor/noto-sans-sc/package.json",
    "vendor/noto-sans-sc/files/../package.json",
    "vendor/noto-sans-sc/index.css/",
    "drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js",
    "vendor/unknown/index.css",
]


@pytest.mark.parametrize("path", SERVED)
def test_named_files_are_found(path):
    assert finders.find(path)


@pytest.mark.parametrize("path", REFUSED)
def test_other_files_are_not(path):
    assert not VendorFinder().find(path)
    assert VendorFinder().find(path, find_all=True) == []


def test_every_pattern_matches_something():
    pairs = [(package, pattern) for package in PACKAGES for pattern in package.patterns]
    assert [(package.prefix, pattern) for package, pattern in pairs if not any(package.root.glob(pattern))] == []


def test_what_is_collected_can_be_found():
    listed = [f"{storage.prefix}/{path}" for path, storage in VendorFinder().list([])]
    assert [path for path in listed if not VendorFinder().find(path)] == []
    assert set(SERVED) <= set(listed)


def test_names_stay_plain_until_files_are_collected(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    assert CollectedStorage().stored_name("css/base.css") == "css/base.css"
