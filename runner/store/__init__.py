"""The store: what happened in every job, on disk before it is believed. The only place that speaks SQL."""
