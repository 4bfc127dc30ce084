using Qualm.Store.Chain;

namespace Qualm.Store.Schema;

/// <summary>The statements that make the tables. Every one may be run again.</summary>
internal static class SchemaScript
{
    /// <summary>Raised with every change of our own tables, which then get a migration here.</summary>
    internal const int Version = 6;

    /// <summary>Marten's tables, exactly as Marten makes them. Anything more would be dropped by an application that attaches.</summary>
    internal static string Marten(string s) => $"""
        create table if not exists {s}.mt_streams (
            id varchar not null constraint pkey_mt_streams_id primary key,
            type varchar null,
            version bigint null,
            timestamp timestamptz not null default now(),
            created timestamptz not null default now(),
            tenant_id varchar default '*DEFAULT*',
            is_archived boolean default false);
        create table if not exists {s}.mt_events (
            seq_id bigint not null constraint pkey_mt_events_seq_id primary key,
            id uuid not null,
            stream_id varchar constraint fkey_mt_events_stream_id references {s}.mt_streams (id) on delete cascade,
            version bigint not null,
            data jsonb not null,
            bdata bytea null,
            type varchar(500) not null,
            timestamp timestamptz not null default now(),
            tenant_id varchar default '*DEFAULT*',
            mt_dotnet_type varchar null,
            correlation_id varchar null,
            causation_id varchar null,
            headers jsonb null,
            is_archived boolean default false);
        create unique index if not exists pk_mt_events_stream_and_version on {s}.mt_events (stream_id, version);
        create table if not exists {s}.mt_event_progression (
            name varchar not null constraint pk_mt_event_progression primary key,
            last_seq_id bigint null,
            last_updated timestamptz null default transaction_timestamp());
        create sequence if not exists {s}.mt_events_sequence increment 1;
        alter sequence {s}.mt_events_sequence owned by {s}.mt_events.seq_id;
        """;

    internal static string Own(string s) => $"""
        create table if not exists {s}.qualm_schema (version integer not null, made timestamptz not null default now());
        create table if not exists {s}.qualm_progress (
            cell smallint primary key check (cell = 0),
            epoch bigint not null,
            turn bigint not null,
            position bigint not null,
            clock bigint not null,
            digest bytea not null,
            updated timestamptz not null default now());
        insert into {s}.qualm_progress values (0, 0, 0, 0, 0, ''::bytea) on conflict do nothing;
        create table if not exists {s}.qualm_settled (cell smallint primary key check (cell = 0), position bigint not null);
        create table if not exists {s}.qualm_lease (
            cell smallint primary key check (cell = 0),
            epoch bigint not null,
            holder text not null,
            renewals bigint not null default 0,
            since timestamptz not null default now(),
            renewed timestamptz not null default now(),
            released boolean not null default false);
        create table if not exists {s}.qualm_source (name text primary key, token bytea not null, updated timestamptz not null default now());
        create table if not exists {s}.qualm_outbox (
            id bigserial primary key,
            receiver text not null,
            alert_id text not null,
            episode text not null,
            transition text not null,
            payload json not null,
            created timestamptz not null,
            attempts integer not null default 0,
            next_attempt timestamptz not null,
            status text not null default 'pending' check (status in ('pending', 'delivered', 'dead')),
            last_error text null,
            settled timestamptz null);
        create index if not exists qualm_outbox_pending on {s}.qualm_outbox (receiver, alert_id, id) where status = 'pending';
        create index if not exists qualm_outbox_due on {s}.qualm_outbox (next_attempt) where status = 'pending';
        create index if not exists qualm_outbox_dead on {s}.qualm_outbox (id) where status = 'dead';
        create or replace view {s}.qualm_dead_letter as select * from {s}.qualm_outbox where status = 'dead';
        create table if not exists {s}.qualm_quarantine (
            id uuid primary key,
            source text not null,
            line bigint not null,
            "column" bigint not null,
            reason text not null,
            bytes bytea not null,
            recorded timestamptz not null);
        create index if not exists qualm_quarantine_recorded on {s}.qualm_quarantine (recorded, id);
        create table if not exists {s}.qualm_raw (position bigint primary key, raw bytea not null);
        create table if not exists {s}.qualm_known (id uuid primary key);
        create table if not exists {s}.qualm_read_model (
            alias text primary key, position bigint not null, clock bigint not null, updated timestamptz not null default now());
        create table if not exists {s}.qualm_inbox (
            id bigserial primary key, kind text not null, body jsonb not null, posted timestamptz not null default now());
        create table if not exists {s}.qualm_import_run (id uuid primary key, start bigint not null, begun timestamptz not null default now());
        """;

    /// <summary>What makes the tables of an earlier version those of this one. The rest of the script is run after it.</summary>
    internal static string Migrate(string s, int from) => from switch
    {
        // jsonb does not give back a payload as it was written.
        1 => $"""
            drop view if exists {s}.qualm_dead_letter;
            alter table {s}.qualm_outbox alter column payload type json using payload::json;
            """,

        // New tables and functions only, which the rest of the script makes.
        2 or 3 or 4 or 5 => "select 1",
        _ => throw new ArgumentOutOfRangeException(nameof(from), from, "there is no such version"),
    };

    /// <summary>Checks inside a transaction that must not be committed when they fail.</summary>
    internal static string Functions(string s) => $"""
        create or replace function {s}.qualm_advance(e bigint, t bigint, p bigint, c bigint, d bytea) returns void language plpgsql as $f$
        begin
            update {s}.qualm_progress
            set turn = t, position = greatest(position, p), clock = greatest(clock, c), digest = d, updated = now()
            where cell = 0 and epoch = e;
            if not found then raise exception 'the epoch is no longer %', e using errcode = 'QF001'; end if;
        end $f$;
        {SmallTurns.Script(s)}
        create or replace function {s}.qualm_move_streams(ids text[], expected bigint[], added bigint[], at timestamptz) returns void language plpgsql as $f$
        declare n bigint;
        begin
            update {s}.mt_streams s set version = v.expected + v.added, timestamp = at
            from unnest(ids, expected, added) as v(id, expected, added)
            where s.id = v.id and coalesce(s.version, 0) = v.expected;
            get diagnostics n = row_count;
            if n <> cardinality(ids) then raise exception 'a stream has moved' using errcode = 'QV001'; end if;
        end $f$;
        create or replace function {s}.qualm_finish(
            e bigint, t bigint, p bigint, c bigint, d bytea, ids text[], expected bigint[], added bigint[], at timestamptz,
            runs bytea, prints bytea, rows bytea, fill bigint[], fill_at timestamptz) returns void language plpgsql as $f$
        declare n bigint; h bytea; pos bigint; clk bigint; locked text;
        begin
            if cardinality(ids) > 0 then perform {s}.qualm_move_streams(ids, expected, added, at); end if;
            update {s}.qualm_progress
            set turn = t, position = greatest(position, p), clock = greatest(clock, c), digest = d, updated = now()
            where cell = 0 and epoch = e returning position, clock into pos, clk;
            if not found then raise exception 'the epoch is no longer %', e using errcode = 'QF001'; end if;
            if cardinality(fill) > 0 then
                perform {s}.qualm_link('{LinkKinds.Turn}', runs, prints, rows, null, fill, fill_at);
                return;
            end if;
            {ChainScript.Add(s, $"'{LinkKinds.Turn}'", "null::bytea")}
        end $f$;
        """;
}
