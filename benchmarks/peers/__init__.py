"""Audit other trackers: work out their published figures again from captures of ours.

Facts and figures of others only, with where each comes from; none of their code or wording.
"""
