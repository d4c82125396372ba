"""Texts in every language we write: catalogues and names from `locales/`, rendering, SMS segments."""
