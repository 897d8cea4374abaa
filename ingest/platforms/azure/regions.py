"""The regions of Azure by their display names, to tell them from services."""

from __future__ import annotations

REGIONS = frozenset(
    name.strip()
    for name in """
    Global, Multiple regions, Non-Regional,
    East US, East US 2, Central US, North Central US, South Central US, West Central US,
    West US, West US 2, West US 3, Canada Central, Canada East, Mexico Central,
    Brazil South, Brazil Southeast, Chile Central,
    North Europe, West Europe, UK South, UK West, France Central, France South,
    Germany North, Germany West Central, Switzerland North, Switzerland West,
    Norway East, Norway West, Sweden Central, Sweden South, Poland Central, Italy North,
    Spain Central, Austria East, Belgium Central, Denmark East, Greece Central,
    East Asia, Southeast Asia, Australia East, Australia Southeast, Australia Central,
    Australia Central 2, Japan East, Japan West, Korea Central, Korea South,
    Central India, South India, West India, Jio India West, Jio India Central,
    Indonesia Central, Malaysia West, New Zealand North, Taiwan North,
    UAE North, UAE Central, Qatar Central, Israel Central, Saudi Arabia East,
    South Africa North, South Africa West,
    US Gov Virginia, US Gov Arizona, US Gov Texas, US DoD East, US DoD Central,
    China North, China North 2, China North 3, China East, China East 2, China East 3
    """.split(",")
)
