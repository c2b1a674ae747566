"""Builds the installers: ``python packaging/make.py installer``.

One step per module: :mod:`freeze` makes the program's folder, :mod:`limits` measures it, :mod:`debian`,
:mod:`self_extracting`, :mod:`windows` and :mod:`macos` pack it, and :mod:`trial` installs what was packed
and tries it out.
"""
