"""A test that leaves something switched off fails, and does not spoil the others."""
import pytest
from references.transforms import is_clean


@pytest.fixture(autouse=True)
def clean_state():
    yield
    assert is_clean()
