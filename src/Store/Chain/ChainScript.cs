using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Chain;

/// <summary>The table of the chain and the function that adds a link to it.</summary>
internal static class ChainScript
{
    /// <summary>The first version of the tables that has a chain.</summary>
    internal const int Since = 4;

    /// <summary>Sets the chain's lock apart from others.</summary>
    private const int Lock = 0x514C_4D10;

    /// <summary>
    /// The chain begins with what is found when the table is made. It is not begun anew later: a chain that somebody has emptied must be found out.
    /// </summary>
    internal static string Tables(string s) => $"""
        create table if not exists {s}.qualm_chain (
            link bigint primary key,
            kind text not null,
            epoch bigint not null,
            turn bigint not null,
            position bigint not null,
            clock bigint not null,
            digest bytea not null,
            runs bytea not null,
            prints bytea not null,
            rows bytea not null,
            versions bytea null,
            filled bytea not null,
            filled_at timestamptz null,
            hash bytea not null);
        alter table {s}.qualm_chain alter column prints set storage external;
        alter table {s}.qualm_chain alter column rows set storage plain;
        """;

    /// <summary>The first link, which says what lies before the chain.</summary>
    internal static string Begin(string s) => $"""
        select {s}.qualm_link('{LinkKinds.Start}', (select int8send(1) || int8send(coalesce(max(seq_id), 0)) from {s}.mt_events), '', '', null, null, null)
        where not exists (select from {s}.qualm_chain) and not exists (select from {s}.qualm_schema where version >= {Since});
        """;

    /// <summary>
    /// The statements of a function that add the link of a turn whose progress it has moved. They want of it e, t, d, runs, prints and rows, what the
    /// progress says now in pos and clk, and places for n, h and locked.
    /// </summary>
    /// <param name="kind">What it is written for, as SQL.</param>
    /// <param name="versions">Those that the database gave out, or null, as SQL.</param>
    internal static string Add(string s, string kind, string versions) => $"""
        locked := pg_advisory_xact_lock({Lock}, '{s}'::regnamespace::oid::int);
            select link + 1, hash into n, h from {s}.qualm_chain order by link desc limit 1;
            if not found then n := 0; h := ''; end if;
            insert into {s}.qualm_chain
            values (n, {kind}, e, t, pos, clk, d, runs, prints, rows, {versions}, '', null, sha256(
                h || int8send(n) || {kind}::bytea || int8send(e) || int8send(t) || int8send(pos) || int8send(clk)
                || int4send(length(d)) || d || int4send(length(runs)) || runs || int4send(length(prints)) || prints || int4send(length(rows)) || rows
                || int4send(coalesce(length({versions}), -1)) || coalesce({versions}, '') || int4send(0)));
        """;

    /// <summary>Adds tombstones for the numbers to be filled, and then the link. Its lock is the last that a transaction takes, and is held to its end.</summary>
    /// <remarks>A turn of one row was written by a function that knew no chain.</remarks>
    internal static string Functions(string s) => $"""
        drop function if exists {s}.qualm_turn(bigint, bigint, bigint, bigint, bytea, bigint, uuid, varchar, jsonb, varchar, timestamptz, varchar, varchar, varchar, jsonb, integer);
        create or replace function {s}.qualm_link(k text, r bytea, p bytea, d bytea, v bytea, fill bigint[], at timestamptz) returns void language plpgsql as $f$
        declare
            f bytea := '';
            filled_at timestamptz;
            locked text;
        begin
            if cardinality(fill) > 0 then
                insert into {s}.mt_streams as s (id, version, timestamp) values ('{StreamName.Tombstone}', (select max(x) from unnest(fill) x), at)
                on conflict (id) do update set version = greatest(s.version, excluded.version), timestamp = excluded.timestamp;
                with added as (
                    insert into {s}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, is_archived)
                    select x, lpad(to_hex(x), 32, '0')::uuid, '{StreamName.Tombstone}', x, '{"{}"}', 'tombstone', at, '{TurnSql.Tenant}', '{DotnetTypes.Tombstone}', false
                    from unnest(fill) x
                    on conflict (seq_id) do nothing
                    returning seq_id)
                select coalesce(string_agg(int8send(seq_id), ''::bytea order by seq_id), '') into f from added;
                filled_at := at;
            end if;
            -- An expression costs a fraction of a statement; and only a statement behind it sees what the last holder has committed.
            locked := pg_advisory_xact_lock({Lock}, '{s}'::regnamespace::oid::int);
            insert into {s}.qualm_chain
            select l.n, k, l.e, l.t, l.pos, l.c, l.dig, r, p, d, v, f, filled_at, sha256(
                l.before || int8send(l.n) || k::bytea || int8send(l.e) || int8send(l.t) || int8send(l.pos) || int8send(l.c)
                || int4send(length(l.dig)) || l.dig || int4send(length(r)) || r || int4send(length(p)) || p || int4send(length(d)) || d
                || int4send(coalesce(length(v), -1)) || coalesce(v, '') || int4send(length(f)) || f || coalesce(timestamptz_send(filled_at), ''))
            from (
                select coalesce(h.link + 1, 0) as n, coalesce(h.hash, '') as before, coalesce(g.epoch, 0) as e, coalesce(g.turn, 0) as t,
                    coalesce(g.position, 0) as pos, coalesce(g.clock, 0) as c, coalesce(g.digest, '') as dig
                from (values (0)) one
                left join (select link, hash from {s}.qualm_chain order by link desc limit 1) h on true
                left join {s}.qualm_progress g on g.cell = 0 and k in ('{LinkKinds.Start}', '{LinkKinds.Epoch}', '{LinkKinds.Turn}')) l;
        end $f$;
        """;
}
