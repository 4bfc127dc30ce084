using Qualm.Store.Chain;

namespace Qualm.Store.Schema;

/// <summary>The functions that write a small turn in one call, which is one transaction by itself.</summary>
internal static class SmallTurns
{
    /// <remarks>
    /// <c>qualm_turn</c> writes one event and nothing else. <c>qualm_few</c> writes a few events and messages; those of the events that have no number
    /// get theirs here, behind all that were drawn before, and only from an engine that is not deposed. It gives them back in order.
    /// </remarks>
    internal static string Script(string s) => $"""
        create or replace function {s}.qualm_turn(
            e bigint, t bigint, p bigint, c bigint, d bytea, seq bigint, event uuid, stream varchar, content jsonb, kind varchar, at timestamptz,
            dotnet varchar, correlation varchar, causation varchar, about jsonb, ahead integer, runs bytea, prints bytea, rows bytea) returns bigint[] language plpgsql as $f$
        declare v bigint; n bigint; h bytea; pos bigint; clk bigint; locked text;
        begin
            update {s}.qualm_progress
            set turn = t, position = greatest(position, p), clock = greatest(clock, c), digest = d, updated = now()
            where cell = 0 and epoch = e returning position, clock into pos, clk;
            if not found then raise exception 'the epoch is no longer %', e using errcode = 'QF001'; end if;
            update {s}.mt_streams set version = coalesce(version, 0) + 1, timestamp = at where id = stream returning version into v;
            if not found then
                insert into {s}.mt_streams as s (id, version, timestamp, created) values (stream, 1, at, at)
                on conflict (id) do update set version = coalesce(s.version, 0) + 1, timestamp = excluded.timestamp returning version into v;
            end if;
            insert into {s}.mt_events
                (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, is_archived)
            values (seq, event, stream, v, content, kind, at, '*DEFAULT*', dotnet, correlation, causation, about, false);
            {ChainScript.Add(s, $"'{LinkKinds.Turn}'", "int8send(v)")}
            if ahead = 0 then return null; end if;
            return array(select nextval('{s}.mt_events_sequence') from generate_series(1, ahead));
        end $f$;
        create or replace function {s}.qualm_few(
            e bigint, t bigint, p bigint, c bigint, d bytea, names text[], counts bigint[], seqs bigint[], events uuid[], places integer[], back bigint[], contents text[],
            kinds text[], ats timestamptz[], dotnets text[], correlations text[], causations text[], abouts text[],
            receivers text[], alerts text[], episodes text[], transitions text[], payloads text[], decided timestamptz[],
            runs bytea, prints bytea, rows bytea) returns bigint[] language plpgsql as $f$
        declare
            last integer := cardinality(events);
            given bigint[] := array[]::bigint[];
            reached bigint[] := array[]::bigint[];
            versions bytea := '';
            v bigint; n bigint; h bytea; pos bigint; clk bigint; locked text;
        begin
            if cardinality(seqs) < last then
                if not exists (select from {s}.qualm_progress where cell = 0 and epoch = e) then raise exception 'the epoch is no longer %', e using errcode = 'QF001'; end if;
                for i in cardinality(seqs) + 1 .. last loop
                    p := nextval('{s}.mt_events_sequence');
                    given := given || p;
                    runs := runs || int8send(p) || int8send(1);
                end loop;
                seqs := seqs || given;
            end if;
            update {s}.qualm_progress
            set turn = t, position = greatest(position, p), clock = greatest(clock, c), digest = d, updated = now()
            where cell = 0 and epoch = e returning position, clock into pos, clk;
            if not found then raise exception 'the epoch is no longer %', e using errcode = 'QF001'; end if;
            for i in 1 .. cardinality(names) loop
                update {s}.mt_streams set version = coalesce(version, 0) + counts[i], timestamp = ats[last] where id = names[i] returning version into v;
                if not found then
                    insert into {s}.mt_streams as s (id, version, timestamp, created) values (names[i], counts[i], ats[last], ats[last])
                    on conflict (id) do update set version = coalesce(s.version, 0) + excluded.version, timestamp = excluded.timestamp returning version into v;
                end if;
                reached := reached || v;
            end loop;
            for i in 1 .. last loop
                v := reached[places[i] + 1] - back[i];
                insert into {s}.mt_events
                    (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, is_archived)
                values (seqs[i], events[i], names[places[i] + 1], v, contents[i]::jsonb, kinds[i], ats[i], '*DEFAULT*', dotnets[i], correlations[i], causations[i], abouts[i]::jsonb, false);
                versions := versions || int8send(v);
            end loop;
            for i in 1 .. cardinality(receivers) loop
                insert into {s}.qualm_outbox (receiver, alert_id, episode, transition, payload, created, next_attempt)
                values (receivers[i], alerts[i], episodes[i], transitions[i], payloads[i]::json, decided[i], decided[i]);
            end loop;
            {ChainScript.Add(s, $"(case when cardinality(given) > 0 then '{LinkKinds.Given}' else '{LinkKinds.Turn}' end)", "versions")}
            return given;
        end $f$;
        """;
}
