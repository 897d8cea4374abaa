"""An invented world that knows the truth and shows it as real status pages would.

``truth`` holds what happened, ``story`` makes it up from a seed, ``statuspage`` renders it in
Atlassian Statuspage's formats, ``server`` serves it over loopback. Its truth is computed
without the product's own states or intervals, so that each can be held against the other.
"""
