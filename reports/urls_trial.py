"""Addresses of trials: a version of a scheme tried on past rounds or on files."""

from django.urls import path
from django.urls.resolvers import URLPattern

from .views import trial

urlpatterns: list[URLPattern] = [
    path("trial/", trial.trial, name="trial"),
    path("trial/files/", trial.trial_files, name="trial_files"),
    path("trial.xlsx", trial.trial_book, name="trial_book"),
]
