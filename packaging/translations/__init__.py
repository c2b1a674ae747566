"""Keeps the catalogs in resources/translations: ``python packaging/make.py translations``.

:mod:`extract` finds the texts in the code and in the experiments that come along, :mod:`catalogs` reads and writes
the files, and :mod:`check` says what is wrong with them. The compiled catalogs are kept beside the others, so that
a checkout, a wheel and the installed program speak every language without Babel.
"""
