namespace Qualm.Store.Embedded;

/// <summary>The private server's <c>postgresql.conf</c> and <c>pg_hba.conf</c>.</summary>
/// <remarks>After a crash the server replays what it wrote since its last checkpoint, about 200 MB a second, before it lets anybody in: hence the small <c>max_wal_size</c>.</remarks>
internal static class ServerSettings
{
    /// <summary>The socket's folder lets nobody else in, so whoever reaches the socket may come in.</summary>
    internal const string Access = "local all all trust\n";

    internal static string Of(string socketFolder, string logFolder) => $"""
        # Written by Qualm at every start; changes are lost.
        listen_addresses = ''
        port = {EmbeddedPostgres.Port}
        unix_socket_directories = {Quoted(socketFolder)}
        unix_socket_permissions = 0700
        max_connections = 40
        superuser_reserved_connections = 2
        shared_buffers = 128MB
        work_mem = 16MB
        maintenance_work_mem = 128MB
        dynamic_shared_memory_type = posix
        fsync = on
        synchronous_commit = on
        wal_buffers = 16MB
        min_wal_size = 256MB
        max_wal_size = 384MB
        checkpoint_timeout = 5min
        wal_compression = on
        checkpoint_completion_target = 0.9
        jit = off
        autovacuum_vacuum_insert_scale_factor = 0.5
        log_destination = 'stderr'
        logging_collector = on
        log_directory = {Quoted(logFolder)}
        log_filename = 'postgresql-%a.log'
        log_file_mode = 0640
        log_truncate_on_rotation = on
        log_rotation_age = 1d
        log_rotation_size = 0
        log_line_prefix = '%m [%p] %a '
        log_timezone = 'UTC'
        timezone = 'UTC'
        lc_messages = 'C'
        client_encoding = 'UTF8'

        """;

    private static string Quoted(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
