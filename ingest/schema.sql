-- The snapshot: one file, never rewritten. A contract: columns are added, not renamed.
-- Every *_at is TIMESTAMPTZ in UTC with microseconds. In incidents, updates, transitions,
-- component_states and coverage each x_at has a twin x_s: whole epoch seconds, floored,
-- which is what every metric uses. The comments below are the data dictionary
-- (data/README.md is made from them).

-- table providers: One row per provider in the registry, whether or not it can be collected.
CREATE TABLE providers (
    provider VARCHAR NOT NULL,      -- slug, the name used everywhere else
    name VARCHAR NOT NULL,          -- display name
    category VARCHAR NOT NULL,      -- model-lab, inference, cloud, tooling, app, data or upstream
    homepage VARCHAR,               -- address of the status page a person would open
    source_class VARCHAR NOT NULL,  -- curated (people post), automatic (monitors post) or large_only (only wide incidents are posted); never rank across classes by count
    starter BOOLEAN NOT NULL,       -- collected by default
    note VARCHAR                    -- what to know about this provider's page
);

-- table pages: One row per platform era of a provider. A provider that changes engine has several.
CREATE TABLE pages (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,      -- <provider>.<platform>.<page id, else host>
    platform VARCHAR NOT NULL,      -- the engine that serves the page
    base_url VARCHAR NOT NULL,
    zone VARCHAR NOT NULL,          -- IANA zone in which the page cuts its days
    status VARCHAR NOT NULL,        -- live, planned, unverified, no_feed, blocked or retired; only live and unverified pages are collected
    valid_from DATE,                -- first day of this era, null: unknown
    valid_to DATE,                  -- last day of this era, null: still running
    measures BOOLEAN                -- its own monitors measure its components, beside what is posted
);

-- table components: One row per component ever seen; kept after it leaves the roster.
CREATE TABLE components (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,  -- the page's own id; 'unattributed' collects posts that name no component
    name VARCHAR NOT NULL,          -- newest name seen
    aliases VARCHAR[] NOT NULL,     -- other ids the page gave it since, oldest first
    name_history VARCHAR[] NOT NULL,-- every name seen, oldest first
    group_name VARCHAR,             -- group the page shows it in
    region VARCHAR,                 -- region named by the page, where it names one
    surface VARCHAR NOT NULL,       -- what kind of thing it is (METHODOLOGY, Surfaces)
    surface_basis VARCHAR NOT NULL, -- how the surface was found: id, name, title, text or unmapped
    start_date DATE,                -- day from which the page shows it
    first_seen_at TIMESTAMPTZ NOT NULL,
    retired_at TIMESTAMPTZ          -- gone from three successive complete rosters since this instant
);

-- table incidents: One row per post, in its newest version. Times are explained in METHODOLOGY, Times.
CREATE TABLE incidents (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    incident_id VARCHAR NOT NULL,
    aliases VARCHAR[] NOT NULL,        -- other ids the page gave it since, oldest first
    outage_id VARCHAR,                 -- shared by posts that tell of one outage, where a page posts it once a service; else the post's own id
    kind VARCHAR NOT NULL,             -- incident or maintenance
    class VARCHAR NOT NULL,            -- outage, degradation, billing_console, notice, maintenance, data_security or monitor
    class_basis VARCHAR NOT NULL,      -- the rule that gave the class, as a short code
    class_reason VARCHAR,              -- why it has that class, in words
    title VARCHAR NOT NULL,
    status VARCHAR NOT NULL,           -- as posted
    stage VARCHAR NOT NULL,            -- the same in our words
    first_impact VARCHAR NOT NULL,     -- impact in the first version we saw
    impact VARCHAR NOT NULL,           -- impact now; the provider's own word, not comparable across providers
    max_impact VARCHAR NOT NULL,       -- worst impact in any version we saw
    started_at TIMESTAMPTZ,            -- best claim of onset by the posted clocks
    resolved_at TIMESTAMPTZ,           -- best claim of the end by the posted clocks; null while open
    start_basis VARCHAR NOT NULL,      -- field that gave started_at
    end_basis VARCHAR NOT NULL,        -- field that gave resolved_at; none while open
    impact_start_at TIMESTAMPTZ,       -- best estimate of when impact began
    impact_end_at TIMESTAMPTZ,         -- best estimate of when impact ended
    impact_start_basis VARCHAR NOT NULL, -- stated, impact, transition, display or posted
    impact_end_basis VARCHAR NOT NULL, -- stated, impact, transition, resolved, absence or none
    stated_start_at TIMESTAMPTZ,       -- start of the window stated in the text
    stated_end_at TIMESTAMPTZ,         -- end of the window stated in the text
    stated_text VARCHAR,               -- the words that state it
    stated_confidence VARCHAR,         -- high (a date or zone leaves no choice) or medium
    causes VARCHAR[] NOT NULL,         -- stated causes; ['not_stated'] when the text names none
    scheduled_start_at TIMESTAMPTZ,    -- maintenance window announced
    scheduled_end_at TIMESTAMPTZ,
    published_at TIMESTAMPTZ,          -- when the first update was really written
    open_seconds BIGINT,               -- published_at (of planned work: its start) to the last resolving update, both floored to seconds; null while open or unknown
    impact_seconds BIGINT,             -- time any component this post names was partial or worse while the post was open; null where no update says
    duration_quality VARCHAR NOT NULL, -- exact, single_update, open, inferred_end or contradictory
    flags VARCHAR[] NOT NULL,          -- retrospective, backdated, zombie, auto, bulk_linked, upstream, removed, reopened, overridden
    url VARCHAR,                       -- the provider's own page for this post
    update_count INTEGER NOT NULL,
    revision_count INTEGER NOT NULL,   -- versions of the post seen after the first one
    first_seen_at TIMESTAMPTZ NOT NULL,
    removed_at TIMESTAMPTZ,            -- missing from three successive good captures since this instant, or deleted then by the page's own word
    last_listed_at TIMESTAMPTZ,        -- where only absence from lists of what is open tells of the end: last capture that showed it
    unlisted_at TIMESTAMPTZ,           -- the first after it that did not; the end lies between the two
    started_s BIGINT GENERATED ALWAYS AS (epoch_us(started_at) // 1000000) VIRTUAL,
    resolved_s BIGINT GENERATED ALWAYS AS (epoch_us(resolved_at) // 1000000) VIRTUAL,
    impact_start_s BIGINT GENERATED ALWAYS AS (epoch_us(impact_start_at) // 1000000) VIRTUAL,
    impact_end_s BIGINT GENERATED ALWAYS AS (epoch_us(impact_end_at) // 1000000) VIRTUAL,
    stated_start_s BIGINT GENERATED ALWAYS AS (epoch_us(stated_start_at) // 1000000) VIRTUAL,
    stated_end_s BIGINT GENERATED ALWAYS AS (epoch_us(stated_end_at) // 1000000) VIRTUAL,
    scheduled_start_s BIGINT GENERATED ALWAYS AS (epoch_us(scheduled_start_at) // 1000000) VIRTUAL,
    scheduled_end_s BIGINT GENERATED ALWAYS AS (epoch_us(scheduled_end_at) // 1000000) VIRTUAL,
    published_s BIGINT GENERATED ALWAYS AS (epoch_us(published_at) // 1000000) VIRTUAL,
    first_seen_s BIGINT GENERATED ALWAYS AS (epoch_us(first_seen_at) // 1000000) VIRTUAL,
    removed_s BIGINT GENERATED ALWAYS AS (epoch_us(removed_at) // 1000000) VIRTUAL,
    last_listed_s BIGINT GENERATED ALWAYS AS (epoch_us(last_listed_at) // 1000000) VIRTUAL,
    unlisted_s BIGINT GENERATED ALWAYS AS (epoch_us(unlisted_at) // 1000000) VIRTUAL
);

-- table updates: One row per message, in its newest version.
CREATE TABLE updates (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    incident_id VARCHAR NOT NULL,
    update_id VARCHAR NOT NULL,        -- the page's id, or minute, stage and ordinal where only a feed shows it
    status VARCHAR NOT NULL,           -- as posted
    stage VARCHAR NOT NULL,
    created_at TIMESTAMPTZ,            -- when it was really written; null where only a feed says it
    display_at TIMESTAMPTZ NOT NULL,   -- when the provider says it was written
    edited_at TIMESTAMPTZ,             -- the page's own edit stamp
    body_text VARCHAR,                 -- the message as text; the provider's wording
    revision_count INTEGER NOT NULL,
    created_s BIGINT GENERATED ALWAYS AS (epoch_us(created_at) // 1000000) VIRTUAL,
    display_s BIGINT GENERATED ALWAYS AS (epoch_us(display_at) // 1000000) VIRTUAL,
    edited_s BIGINT GENERATED ALWAYS AS (epoch_us(edited_at) // 1000000) VIRTUAL
);

-- table transitions: What an update said of a component, at the update's real time of writing.
CREATE TABLE transitions (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    incident_id VARCHAR NOT NULL,
    update_id VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,
    old_state VARCHAR,                 -- null where the page gives none
    new_state VARCHAR NOT NULL,        -- equal to old_state: no change, still evidence
    at_s BIGINT GENERATED ALWAYS AS (epoch_us("at") // 1000000) VIRTUAL
);

-- table observations: Component states seen in captures, outside any post.
CREATE TABLE observations (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    since_at TIMESTAMPTZ,              -- the component's own change stamp; null where the page gives none
    seen_from_at TIMESTAMPTZ NOT NULL, -- first capture that showed it
    seen_until_at TIMESTAMPTZ NOT NULL -- last successive capture of the same address that still showed it
);

-- table incident_components: Which components a post names, and how.
CREATE TABLE incident_components (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    incident_id VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    surface VARCHAR NOT NULL,
    surface_basis VARCHAR NOT NULL,
    relation VARCHAR NOT NULL,         -- declared (listed by the post) or transitioned (an update changed its state)
    worst_state VARCHAR                -- worst state an update gave it; null when none did
);

-- table component_states: Every span in which a component was not operational.
CREATE TABLE component_states (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    surface VARCHAR NOT NULL,
    state VARCHAR NOT NULL,            -- maintenance, degraded, partial, major or unknown
    start_at TIMESTAMPTZ NOT NULL,
    end_at TIMESTAMPTZ,                -- null while it lasts
    basis VARCHAR NOT NULL,            -- impacts, replay or incident: one per source; monitor for what the page's own monitors measured, beside it
    incident_id VARCHAR,               -- post whose update set the state; null when only seen in a capture
    start_s BIGINT GENERATED ALWAYS AS (epoch_us(start_at) // 1000000) VIRTUAL,
    end_s BIGINT GENERATED ALWAYS AS (epoch_us(end_at) // 1000000) VIRTUAL
);

-- table coverage: Spans that captures cover, per component. Outside them nothing is known.
CREATE TABLE coverage (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    surface VARCHAR NOT NULL,
    start_at TIMESTAMPTZ NOT NULL,
    end_at TIMESTAMPTZ NOT NULL,
    basis VARCHAR NOT NULL,            -- list (a list reached back this far) or stated (an import said so)
    start_s BIGINT GENERATED ALWAYS AS (epoch_us(start_at) // 1000000) VIRTUAL,
    end_s BIGINT GENERATED ALWAYS AS (epoch_us(end_at) // 1000000) VIRTUAL
);

-- table posted_uptime: The provider's own seconds per day; shown as theirs, never added to ours.
CREATE TABLE posted_uptime (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    day DATE NOT NULL,                 -- calendar day in zone
    zone VARCHAR NOT NULL,
    partial_seconds BIGINT NOT NULL,
    major_seconds BIGINT NOT NULL,
    known_from TIMESTAMPTZ NOT NULL    -- capture that first showed these seconds
);

-- table posted_ratios: The provider's own percentages, as fractions, with the rule they follow.
CREATE TABLE posted_ratios (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    component_id VARCHAR NOT NULL,
    window_start DATE NOT NULL,        -- first day, inclusive
    window_end DATE NOT NULL,          -- last day, inclusive
    ratio DOUBLE NOT NULL,
    rule VARCHAR NOT NULL,
    known_from TIMESTAMPTZ NOT NULL
);

-- table versions: Every version of every post and update that a capture showed.
CREATE TABLE versions (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    incident_id VARCHAR NOT NULL,
    update_id VARCHAR,                 -- null: the post itself
    known_from TIMESTAMPTZ NOT NULL,   -- first capture that showed it
    known_until TIMESTAMPTZ,           -- first capture that showed something else; null: still so
    url VARCHAR NOT NULL,              -- address of that first capture
    sha256 VARCHAR NOT NULL,           -- hash of its body: the evidence
    title VARCHAR,
    status VARCHAR,
    impact VARCHAR,
    created_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ,
    monitoring_at TIMESTAMPTZ,
    resolved_at TIMESTAMPTZ,
    scheduled_start_at TIMESTAMPTZ,
    scheduled_end_at TIMESTAMPTZ,
    component_ids VARCHAR[],
    impacts VARCHAR,                   -- stated impacts, as component|state|start|end, sorted
    display_at TIMESTAMPTZ,
    body VARCHAR,                      -- the message as captured; the provider's wording
    changes VARCHAR                    -- component changes, as component:old>new, sorted
);

-- view revisions: What changed between one version and the next, field by field.
CREATE VIEW revisions AS
WITH rewritten AS (
    -- Most of what is posted has one version: nothing of it changed.
    SELECT page_key, incident_id, update_id FROM versions GROUP BY ALL HAVING count(*) > 1
), fields AS (
    SELECT provider, page_key, incident_id, update_id, known_from,
        unnest(['title', 'status', 'impact', 'created_at', 'started_at', 'monitoring_at',
            'resolved_at', 'scheduled_start_at', 'scheduled_end_at', 'component_ids',
            'impacts', 'display_at', 'body', 'changes']) AS field,
        unnest([title, status, impact, created_at::VARCHAR, started_at::VARCHAR,
            monitoring_at::VARCHAR, resolved_at::VARCHAR, scheduled_start_at::VARCHAR,
            scheduled_end_at::VARCHAR, array_to_string(component_ids, ' '),
            impacts, display_at::VARCHAR, body, changes]) AS new_value
    FROM versions v SEMI JOIN rewritten r
        ON v.page_key = r.page_key AND v.incident_id = r.incident_id
        AND v.update_id IS NOT DISTINCT FROM r.update_id
), steps AS (
    SELECT *,
        lag(new_value) OVER w AS old_value,
        row_number() OVER w AS step
    FROM fields
    WINDOW w AS (PARTITION BY page_key, incident_id, update_id, field ORDER BY known_from)
)
SELECT provider,                       -- provider
    page_key,
    incident_id,
    update_id,                         -- null: the post itself
    known_from,                        -- first capture that showed the new value
    field,                             -- canonical field that changed
    old_value,                         -- value before, as text
    new_value                          -- value after, as text
FROM steps
WHERE step > 1 AND old_value IS DISTINCT FROM new_value;

-- table breaks: Where a series must not be read straight through. None of them is an outage.
CREATE TABLE breaks (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,         -- first capture that shows it, first day of an era, or last post of a page that fell quiet
    kind VARCHAR NOT NULL,             -- migration (another engine), foreign_page, roster (new ids), data_gone (one kind of record), form (unknown document), deleted or frozen
    note VARCHAR NOT NULL,             -- what was seen
    ended_at TIMESTAMPTZ               -- first capture in which the page was itself again; null: it lasts; equal to at: a change for good
);

-- table captures: What was fetched or imported, run-length coded: equal bodies in a row are one row.
CREATE TABLE captures (
    provider VARCHAR NOT NULL,
    page_key VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    shape VARCHAR NOT NULL,            -- kind of endpoint
    first_at TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    polls BIGINT NOT NULL,
    http_status INTEGER,
    failure VARCHAR,                   -- why it brought nothing, or could not be read
    message VARCHAR,                   -- one line about the failure
    sha256 VARCHAR,
    bytes BIGINT,
    horizon_at TIMESTAMPTZ,            -- how far back this payload covers
    records BIGINT NOT NULL,           -- incidents and components read from it
    rejected BIGINT NOT NULL,          -- records refused
    partial BOOLEAN,                   -- an open or undatable record was refused: the list does not cover the present
    newest_item_at TIMESTAMPTZ,
    oldest_item_at TIMESTAMPTZ,
    stale_after_s BIGINT,              -- budget: silent longer than this, the source is stale; null: not polled on a schedule
    next_attempt_at TIMESTAMPTZ        -- when it is due again
);

-- view sources: The state of each address, from its newest captures.
CREATE VIEW sources AS
WITH last_ok AS (
    SELECT page_key, url, max(last_at) AS last_success_at FROM captures
    WHERE failure IS NULL GROUP BY ALL
), tail AS (
    SELECT * FROM captures
    QUALIFY row_number() OVER (
        PARTITION BY page_key, url ORDER BY last_at DESC, first_at DESC, sha256) = 1
), good AS (
    -- Payloads may be imported under one time: together they are the last good one.
    SELECT page_key, url, last_at, max(newest_item_at) AS newest_item_at,
        min(oldest_item_at) AS oldest_item_at, sum(records) AS records, sum(rejected) AS rejected,
        bool_or(coalesce(partial, false)) AS partial
    FROM captures WHERE failure IS NULL GROUP BY ALL
)
SELECT t.provider,
    t.page_key,
    t.url,
    t.shape,                           -- kind of endpoint
    t.last_at AS last_attempt_at,      -- newest try
    o.last_success_at,                 -- newest try that brought something readable
    t.failure,                         -- failure of the newest try, null when it went well
    t.message,                         -- one line about it
    coalesce((SELECT sum(c.polls) FROM captures c WHERE c.page_key = t.page_key AND c.url = t.url
        AND c.failure IS NOT NULL
        AND (o.last_success_at IS NULL OR c.first_at > o.last_success_at)), 0)::BIGINT
        AS consecutive_failures,       -- tries in a row that failed
    g.newest_item_at,                  -- newest thing the last good payload held
    g.oldest_item_at,                  -- oldest thing the last good payload held
    coalesce(g.records, 0)::BIGINT AS records, -- records read from the last good payload
    coalesce(g.rejected, 0)::BIGINT AS rejected, -- records refused in the last good payload
    coalesce(g.partial, false) AS partial, -- it holds an open or undatable record that was refused
    t.stale_after_s,                   -- budget before the source counts as stale
    t.next_attempt_at                  -- when it is due again
FROM tail t
LEFT JOIN last_ok o ON o.page_key = t.page_key AND o.url = t.url
LEFT JOIN good g ON g.page_key = t.page_key AND g.url = t.url AND g.last_at = o.last_success_at;

-- table runs: Each time the ledger was worked on.
CREATE TABLE runs (
    run_id VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ NOT NULL,
    captures BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    code_version VARCHAR NOT NULL
);

-- table warnings: Records refused or doubted, with the reason; counted, never dropped in silence.
CREATE TABLE warnings (
    page_key VARCHAR NOT NULL,
    "at" TIMESTAMPTZ NOT NULL,         -- first capture that raised it
    last_at TIMESTAMPTZ,               -- last capture that raised it
    kind VARCHAR NOT NULL,             -- rejected, unknown_word, stale_suspect, contradiction, derivation and so on
    record VARCHAR NOT NULL,           -- which record
    reason VARCHAR NOT NULL,
    n BIGINT NOT NULL                  -- captures that raised it
);

-- table meta: About the snapshot itself: as_of, run_id, derivation_version, method_version, snapshot_hash, code_version, zone_rules, simulated.
CREATE TABLE meta (
    key VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);
