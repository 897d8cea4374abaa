"""Contracts: what may each month pay, and until when can it be claimed?"""

import streamlit as st

from analytics import Question
from analytics.sla.claim import INDICATIVE, terms_words
from analytics.sla.contract import EXAMPLE, FILE
from analytics.sla.contract_months import contract_records
from analytics.sla.terms import TermsError
from analytics.wording.numbers import format_surface
from analytics.wording.question import describe_rule
from dashboard.filters.pickers import provider_namer
from dashboard.session.own_contracts import own_contracts, own_probes
from dashboard.session.pinned_snapshot import current_snapshot, definition_link, stop_page
from dashboard.shown_text import escape_markdown
from dashboard.tables.columns import CONTRACTS
from dashboard.tables.contracts import contract_table, period_marks
from dashboard.widgets.data_table import show_downloads, show_rows
from dashboard.widgets.fold import fold

st.title("Contracts")
snapshot = current_snapshot()
named = provider_namer(snapshot)
question = Question()
try:
    contracts = own_contracts()
except TermsError as error:
    st.warning(escape_markdown(f"{error}."))
    stop_page()
if not contracts:
    st.info(f"No contract is known. Write yours into `{FILE}` in the data folder:")
    st.code(EXAMPLE, language="toml")
    stop_page()

st.markdown(
    f"**{INDICATIVE}** Most contracts count the failed requests of one customer. "
    f"{definition_link('SLA estimates')}"
)
st.caption(
    f"Of each period: {escape_markdown(describe_rule(question))}; planned work does not "
    "count. An interval holds what is not known exactly: the seconds of times told to the minute, "
    "unknown states, time without data."
)
for record in contract_records(snapshot, contracts.values(), question, own_probes()):
    contract = record.contract
    st.header(escape_markdown(contract.name), anchor=False)
    about = f"{named(contract.provider)}, {format_surface(contract.surface)}"
    st.markdown(escape_markdown(about))
    if record.trouble:
        st.markdown(":gray-badge[no data]")
        st.info(escape_markdown(f"Not estimable: {record.trouble}."))
    else:
        st.markdown(f"{record.missed} {period_marks(record.months)}")
        if record.probed:
            st.markdown(record.probed)
        show_rows(contract_table(record.months), CONTRACTS)
        show_downloads(record.months, f"contract-{contract.name}", snapshot)
    with fold("Its terms", f"terms-{contract.name}") as opened:
        if opened:
            st.caption(escape_markdown(terms_words(contract.terms)))
