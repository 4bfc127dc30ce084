namespace Qualm.Store.Snapshots;

/// <summary>The tables of snapshots. The state lies in pieces, so that its size is bounded by no value's; what has no head is no snapshot yet.</summary>
internal static class SnapshotTables
{
    internal static string Script(string s) => $"""
        create table if not exists {s}.qualm_snapshot (
            turn bigint primary key,
            epoch bigint not null,
            position bigint not null,
            clock bigint not null,
            digest bytea not null,
            about bytea not null,
            pieces integer not null,
            size bigint not null,
            checksum bytea not null,
            made timestamptz not null default now());
        create table if not exists {s}.qualm_snapshot_piece (
            turn bigint not null, number integer not null, bytes bytea not null, primary key (turn, number));
        alter table {s}.qualm_snapshot_piece alter column bytes set storage external;
        """;
}
