using Npgsql;

namespace Qualm.Acceptance.Tests.Campaign;

/// <summary>Waiting while things are broken on purpose.</summary>
internal static class Await
{
    /// <summary>How long the product may take to be well again, on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>A question to a database that may be away: away means no.</summary>
    public static async Task<bool> TryAsync(Func<Task<bool>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
