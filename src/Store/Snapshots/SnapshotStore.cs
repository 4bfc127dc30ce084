using System.Globalization;
using Npgsql;
using Qualm.Model;
using Qualm.Store.Writing;

namespace Qualm.Store.Snapshots;

/// <summary>
/// The snapshots in a store. They are read by everybody and written by the engine of the current epoch alone, after the turn they belong to
/// and beside the turns that follow. One that a crash takes along is no loss: whatever they hold follows from the log.
/// </summary>
public sealed class SnapshotStore(StoreHost host)
{
    private const string Doing = "writing a snapshot";

    private readonly string _snapshots = host.Tables.Own("snapshot");
    private readonly string _pieces = host.Tables.Own("snapshot_piece");
    private readonly string _progress = host.Tables.Own("progress");

    /// <summary>Writes a snapshot, a piece at a time, then deletes those that are not needed any more.</summary>
    /// <param name="epoch">Of the writer, which must be the store's.</param>
    /// <param name="pieces">Are packed as they are written.</param>
    /// <param name="pause">Awaited between pieces, so that turns are not held up.</param>
    /// <returns>Bytes stored.</returns>
    /// <exception cref="FencedException">Another engine has taken over; there is no such snapshot then.</exception>
    /// <exception cref="StoreUnavailableException">The database is away; there is no such snapshot then.</exception>
    public async Task<long> WriteAsync(
        long epoch, SnapshotHead head, IReadOnlyList<ReadOnlyMemory<byte>> pieces, Func<CancellationToken, Task> pause, CancellationToken cancellationToken)
    {
        await using var connection = await host.ConnectAsync(Doing, cancellationToken);
        try
        {
            // It need not be on the disk before what follows it, so it asks for no flush of its own. Ends with the connection's use.
            await RunAsync(connection, "set synchronous_commit = off", cancellationToken);
            await CheckedAsync(connection, $"delete from {_pieces} where turn not in (select turn from {_snapshots})", epoch, cancellationToken);
            using var checksum = new SnapshotChecksum(head);
            var size = 0L;
            for (var i = 0; i < pieces.Count; i++)
            {
                var packed = PackedPiece.Pack(pieces[i]);
                checksum.Add(packed);
                size += packed.Length;
                await ExpectAsync(
                    connection, epoch, $"insert into {_pieces} (turn, number, bytes) select $2, $3, $4 from {_progress} where cell = 0 and epoch = $1", cancellationToken,
                    TurnSql.Of(head.Turn), TurnSql.Of(i), TurnSql.Of(packed));
                await pause(cancellationToken);
            }

            await ExpectAsync(
                connection,
                epoch,
                $"""
                with held as (select from {_progress} where cell = 0 and epoch = $1 and turn >= $2 for share)
                insert into {_snapshots} (turn, epoch, position, clock, digest, about, pieces, size, checksum) select $2, $1, $3, $4, $5, $6, $7, $8, $9 from held
                """,
                cancellationToken,
                TurnSql.Of(head.Turn), TurnSql.Of(head.Position.Value), TurnSql.Of(head.Clock.Micros), TurnSql.Of(head.Digest.ToArray()), TurnSql.Of(head.About.ToArray()),
                TurnSql.Of(pieces.Count), TurnSql.Of(size), TurnSql.Of(checksum.End()));
            await ThinAsync(connection, epoch, cancellationToken);
            return size;
        }
        catch (Exception fault) when (StoreQueries.IsFault(fault))
        {
            throw Faults.Translate(fault, Doing);
        }
    }

    /// <summary>Those that are there, the newest first.</summary>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task<IReadOnlyList<SnapshotHead>> ListAsync(CancellationToken cancellationToken)
    {
        var heads = new List<SnapshotHead>();
        await foreach (var row in host.QueryAsync(
            $"select turn, position, clock, digest, about from {_snapshots} order by turn desc", "listing snapshots", [], cancellationToken))
        {
            heads.Add(new SnapshotHead(
                row.GetInt64(0), new Position(row.GetInt64(1)), new Instant(row.GetInt64(2)), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4)));
        }

        return heads;
    }

    /// <summary>The state in a snapshot, in pieces.</summary>
    /// <exception cref="StateFormatException">It is damaged, or was deleted meanwhile.</exception>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(SnapshotHead head, CancellationToken cancellationToken)
    {
        var (count, expected) = (-1, Array.Empty<byte>());
        await foreach (var row in host.QueryAsync(
            $"select pieces, checksum from {_snapshots} where turn = $1", "reading a snapshot", [TurnSql.Of(head.Turn)], cancellationToken))
            (count, expected) = (row.GetInt32(0), row.GetFieldValue<byte[]>(1));

        using var checksum = new SnapshotChecksum(head);
        var unpacking = new List<Task<ReadOnlyMemory<byte>>>();
        await foreach (var row in host.QueryAsync(
            $"select number, bytes from {_pieces} where turn = $1 order by number", "reading a snapshot", [TurnSql.Of(head.Turn)], cancellationToken))
        {
            if (row.GetInt32(0) != unpacking.Count) break;
            var packed = row.GetFieldValue<byte[]>(1);
            checksum.Add(packed);
            unpacking.Add(Task.Run(() => PackedPiece.Unpack(packed), CancellationToken.None));
        }

        var pieces = Task.WhenAll(unpacking);
        await ((Task)pieces).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (unpacking.Count != count)
            throw new StateFormatException(string.Create(CultureInfo.InvariantCulture, $"{unpacking.Count} pieces are there of {Math.Max(0, count)}"));
        if (!checksum.End().AsSpan().SequenceEqual(expected)) throw new StateFormatException("its checksum is not that of its bytes");
        return await pieces;
    }

    private async Task ThinAsync(NpgsqlConnection connection, long epoch, CancellationToken cancellationToken)
    {
        var all = (await ListAsync(cancellationToken)).Select(head => (head.Turn, head.Clock)).ToArray();
        if (SnapshotThinning.Drop(all) is not { Count: > 0 } drop) return;
        var turns = TurnSql.Of(drop.ToArray());
        await CheckedAsync(connection, $"delete from {_snapshots} where turn = any($2)", epoch, cancellationToken, turns);
        await CheckedAsync(connection, $"delete from {_pieces} where turn not in (select turn from {_snapshots})", epoch, cancellationToken);
    }

    // Deletes nothing once another engine has taken over.
    private async Task CheckedAsync(NpgsqlConnection connection, string delete, long epoch, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand($"{delete} and exists (select from {_progress} where cell = 0 and epoch = $1)", connection);
        command.Parameters.Add(TurnSql.Of(epoch));
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ExpectAsync(NpgsqlConnection connection, long epoch, string insert, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(insert, connection);
        command.Parameters.Add(TurnSql.Of(epoch));
        command.Parameters.AddRange(parameters);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
            throw new FencedException($"{Doing}: epoch {epoch} is over, another engine has taken over this store");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
