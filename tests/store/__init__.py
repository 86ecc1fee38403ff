"""Tests of the store: what is told is on disk, whatever happens next."""
