"""One script a page; Streamlit runs it.

A page: its frames in ``analytics/read_models/<name>.py``, a script here, and one line in
``dashboard/app.py``.
"""
