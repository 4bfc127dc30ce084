using Microsoft.Extensions.Logging;
using Qualm.Store.Writing;

namespace Qualm.Engine;

/// <summary>Every log message of this project. Event ids 6000-6999.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Warning, "The store is away; what arrives goes to the spool and nothing is lost: {Why}")]
    public static partial void StoreAway(ILogger logger, string why);

    [LoggerMessage(6004, LogLevel.Debug, "The store is still away: {Why}")]
    public static partial void StoreStillAway(ILogger logger, string why);

    [LoggerMessage(6001, LogLevel.Information, "The store is back; the open turn was {Outcome}")]
    public static partial void StoreBack(ILogger logger, TurnOutcome outcome);

    [LoggerMessage(6002, LogLevel.Warning, "A turn of {Inputs} inputs was refused for its data; splitting it")]
    public static partial void TurnSplit(ILogger logger, int inputs, Exception cause);

    [LoggerMessage(6003, LogLevel.Error, "{Event} from {Source} cannot be recorded and goes to quarantine")]
    public static partial void EventRefused(ILogger logger, string @event, string source, Exception cause);

    [LoggerMessage(6005, LogLevel.Debug, "The inbox could not be read; it is tried again: {Why}")]
    public static partial void InboxUnread(ILogger logger, string why);

    [LoggerMessage(6010, LogLevel.Warning, "The read models could not be published; they are tried again")]
    public static partial void PublishFailed(ILogger logger, Exception cause);

    [LoggerMessage(6020, LogLevel.Information, "Qualm {Version}, store {Where}, epoch {Epoch}: {Inputs} inputs on record up to {Clock}, derived {Origin} in {Seconds:F1} s")]
    public static partial void StoreOpened(ILogger logger, string version, string where, long epoch, long inputs, string clock, string origin, double seconds);

    [LoggerMessage(6021, LogLevel.Information, "Rules: {Rules} in {Files} files of {Path}, set {Digest}{News}")]
    public static partial void RulesLoaded(ILogger logger, int rules, int files, string path, string digest, string news);

    [LoggerMessage(6022, LogLevel.Information, "Sources: {Sources}")]
    public static partial void Sources(ILogger logger, string sources);

    [LoggerMessage(6023, LogLevel.Information, "Receivers: {Receivers}")]
    public static partial void Receivers(ILogger logger, string receivers);

    [LoggerMessage(6024, LogLevel.Information, "Qualm is ready; health and metrics: {Http}")]
    public static partial void Ready(ILogger logger, string http);

    [LoggerMessage(6025, LogLevel.Information, "Qualm has drained and stops")]
    public static partial void Drained(ILogger logger);

    [LoggerMessage(6026, LogLevel.Error, "Qualm cannot go on: {Why}")]
    public static partial void Failed(ILogger logger, string why);

    [LoggerMessage(6027, LogLevel.Warning, "The decisions derived from the log are not those recorded: the rules of this version decide otherwise")]
    public static partial void DecidesOtherwise(ILogger logger);

    [LoggerMessage(6028, LogLevel.Warning, "The recorded rule set {Digest} is not understood by this version and is passed over")]
    public static partial void RecordedRulesRefused(ILogger logger, string digest);

    [LoggerMessage(6040, LogLevel.Information, "Rules reloaded: {Rules} from {Path}, set {Digest}")]
    public static partial void RulesReloaded(ILogger logger, int rules, string path, string digest);

    [LoggerMessage(6041, LogLevel.Error, "Rules not reloaded: {Why}. The set {Digest} runs on")]
    public static partial void ReloadRefused(ILogger logger, string why, string digest);

    [LoggerMessage(6042, LogLevel.Information, "The rules in {Path} have not changed; the set {Digest} runs on")]
    public static partial void RulesUnchanged(ILogger logger, string path, string digest);

    [LoggerMessage(6043, LogLevel.Information, "Asked to reload: {Path} is read again. The configuration is read at the start only")]
    public static partial void Asked(ILogger logger, string path);

    [LoggerMessage(6044, LogLevel.Warning, "The rules are reloaded when the store is back: {Why}")]
    public static partial void ReloadWaits(ILogger logger, string why);

    [LoggerMessage(6045, LogLevel.Warning, "The file system does not tell of changes in {Path}; it is looked at every {Seconds} s: {Why}")]
    public static partial void NotWatched(ILogger logger, string path, double seconds, string why);

    [LoggerMessage(6046, LogLevel.Error, "Rules cannot be reloaded any more; those that run go on. Restart Qualm to reload")]
    public static partial void ReloadingFailed(ILogger logger, Exception cause);

    [LoggerMessage(6030, LogLevel.Warning, "Put into quarantine from {Source}, line {Line}, column {Column}: {Reason}")]
    public static partial void Quarantined(ILogger logger, string source, long line, long column, string reason);

    [LoggerMessage(6031, LogLevel.Warning, "{Count} more pieces were quarantined in this turn")]
    public static partial void MoreQuarantined(ILogger logger, int count);

    [LoggerMessage(6050, LogLevel.Information, "State was derived anew {Origin}: {Inputs} inputs are on record")]
    public static partial void StateDerived(ILogger logger, string origin, long inputs);

    [LoggerMessage(6052, LogLevel.Warning, "The snapshot of turn {Turn} is not used: {Why}. State comes from an older one or from the log")]
    public static partial void SnapshotDiscarded(ILogger logger, long turn, string why);

    [LoggerMessage(6053, LogLevel.Debug, "A snapshot of turn {Turn} was taken: {Bytes} bytes in {Milliseconds} ms")]
    public static partial void SnapshotTaken(ILogger logger, long turn, long bytes, double milliseconds);

    [LoggerMessage(6054, LogLevel.Debug, "The snapshot of turn {Turn} is written: {Bytes} bytes in {Milliseconds} ms")]
    public static partial void SnapshotWritten(ILogger logger, long turn, long bytes, double milliseconds);

    [LoggerMessage(6055, LogLevel.Warning, "The snapshot of turn {Turn} could not be written; another is taken later: {Why}")]
    public static partial void SnapshotNotWritten(ILogger logger, long turn, string why);

    [LoggerMessage(6056, LogLevel.Error, "No snapshot of turn {Turn} could be taken; it is tried again later. Without one the next start reads the log")]
    public static partial void SnapshotNotTaken(ILogger logger, long turn, Exception cause);

    [LoggerMessage(6057, LogLevel.Warning, "The last snapshot was not done in {Seconds} s and is given up; the next start reads a little more of the log")]
    public static partial void SnapshotGivenUp(ILogger logger, double seconds);

    [LoggerMessage(6060, LogLevel.Error, "Health and metrics are not served: {Endpoint} cannot be listened at: {Why}")]
    public static partial void HttpOff(ILogger logger, System.Net.IPEndPoint endpoint, string why);

    [LoggerMessage(6061, LogLevel.Warning, "Told to stop a second time: what is under way is left to the next start")]
    public static partial void CutShort(ILogger logger);

    [LoggerMessage(6062, LogLevel.Warning, "Not drained within {Seconds} s; what is left is for the next start. Raise 'drain' if that is often so")]
    public static partial void NotDrained(ILogger logger, double seconds);

    [LoggerMessage(6063, LogLevel.Information, "Told to stop ({Signal}); draining for at most {Seconds} s. A second signal ends it at once")]
    public static partial void Draining(ILogger logger, string signal, double seconds);

    [LoggerMessage(6064, LogLevel.Debug, "Stopped before it was ready; what had begun was cut short: {Why}")]
    public static partial void StartCutShort(ILogger logger, string why);

    [LoggerMessage(6100, LogLevel.Warning, "Inputs go to the spool in {Folder} until the store takes them")]
    public static partial void Spooling(ILogger logger, string folder);

    [LoggerMessage(6101, LogLevel.Information, "The store is there again; {Inputs} inputs are taken in from the spool")]
    public static partial void SpoolDraining(ILogger logger, long inputs);

    [LoggerMessage(6102, LogLevel.Information, "The spool is drained: {Inputs} inputs; the store was away for {Seconds:0.0} s")]
    public static partial void SpoolDrained(ILogger logger, long inputs, double seconds);

    [LoggerMessage(6103, LogLevel.Error, "The spool cannot be written; what arrives waits: {Why}")]
    public static partial void SpoolUnwritable(ILogger logger, string why);

    [LoggerMessage(6104, LogLevel.Error, "Monitors are disconnected: {Why}; {Monitors} were connected. They are connected again when the spool is half empty")]
    public static partial void SpoolFull(ILogger logger, string why, int monitors);

    [LoggerMessage(6105, LogLevel.Information, "The spool has room again; monitors are connected")]
    public static partial void SpoolHasRoom(ILogger logger);

    [LoggerMessage(6106, LogLevel.Warning, "{Inputs} inputs stay in the spool in {Folder}; the next start takes them in")]
    public static partial void SpoolLeft(ILogger logger, long inputs, string folder);

    [LoggerMessage(6107, LogLevel.Warning, "{File}: cut off at byte {Offset}, {Bytes} bytes of an unfinished write behind it are dropped; what was acknowledged is whole")]
    public static partial void SpoolTorn(ILogger logger, string file, long offset, int bytes);

    [LoggerMessage(6108, LogLevel.Error, "{File}: damaged at byte {Offset} ({Why}). All before is taken in, {Bytes} bytes go to quarantine, the file is kept as {Kept}, and a gap is recorded")]
    public static partial void SpoolDamaged(ILogger logger, string file, long offset, string why, int bytes, string kept);

    [LoggerMessage(6109, LogLevel.Information, "Taking in what epoch {Epoch} left in the spool: it is the log's head")]
    public static partial void TakingHead(ILogger logger, long epoch);

    [LoggerMessage(6110, LogLevel.Warning, "Taking in what epoch {Epoch} left in the spool as late events: another engine has written since")]
    public static partial void TakingLate(ILogger logger, long epoch);

    [LoggerMessage(6111, LogLevel.Information, "Taken in from the spool of epoch {Epoch}: {Taken} inputs; {Known} were on record")]
    public static partial void TakenIn(ILogger logger, long epoch, long taken, long known);

    [LoggerMessage(6112, LogLevel.Error, "The spool {Folder} is left alone: {Why}")]
    public static partial void SpoolPassedOver(ILogger logger, string folder, string why);

    [LoggerMessage(6113, LogLevel.Warning, "The store cannot be reached; it is tried again, and no source is connected until it answers: {Why}")]
    public static partial void StartWaits(ILogger logger, string why);

    [LoggerMessage(6114, LogLevel.Warning, "Receiver {Receiver} could not be told that the store is away, attempt {Attempt}: {Why}")]
    public static partial void AlarmFailed(ILogger logger, string receiver, int attempt, string why);

    [LoggerMessage(6115, LogLevel.Information, "Receiver {Receiver} was told: {What}")]
    public static partial void AlarmTold(ILogger logger, string receiver, string what);

    [LoggerMessage(6120, LogLevel.Information, "Standby: another engine leads this store, {Holder}, since {Since}. Qualm follows the log and takes over when that one ends")]
    public static partial void StandingBy(ILogger logger, string holder, string since);

    [LoggerMessage(6121, LogLevel.Warning, "Taking over from {Holder}, from turn {Turn} on: {Why}")]
    public static partial void TakingOver(ILogger logger, string holder, long turn, string why);

    [LoggerMessage(6122, LogLevel.Warning, "The standby cannot read the store; it is tried again: {Why}")]
    public static partial void StandbyBlind(ILogger logger, string why);

    [LoggerMessage(6123, LogLevel.Debug, "The lease could not be renewed; it is tried again: {Why}")]
    public static partial void LeaseNotRenewed(ILogger logger, string why);

    [LoggerMessage(6124, LogLevel.Warning, "The stale connection of {Holder} could not be ended: {Why}. The takeover waits until the server notices that it is gone")]
    public static partial void HolderNotEnded(ILogger logger, string holder, string why);

    [LoggerMessage(6125, LogLevel.Information, "Standby: caught up with turn {Turn} of epoch {Epoch}")]
    public static partial void CaughtUp(ILogger logger, long turn, long epoch);

    [LoggerMessage(6126, LogLevel.Warning, "Standby: {Inputs} inputs wait in the spool in {Folder}. They are recorded as late events when this engine leads, or by the leader if it has the same data folder")]
    public static partial void StandbyHolds(ILogger logger, long inputs, string folder);

    [LoggerMessage(6127, LogLevel.Error, "No sign of life is given any more: {Why}. A standby takes over within seconds")]
    public static partial void LeaseSilent(ILogger logger, string why);

    [LoggerMessage(6128, LogLevel.Information, "The spool {Folder} is still held by the engine that led before; it is taken in once that has ended")]
    public static partial void SpoolInUse(ILogger logger, string folder);
}
