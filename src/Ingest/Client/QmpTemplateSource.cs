using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Client;

/// <summary>
/// The monitors whose sockets fit a path template, dialled as they appear. A monitor whose socket is gone when it is
/// lost is given up, and dialled anew when the socket is back.
/// </summary>
/// <param name="template">Its part <c>vm</c> names the VM, <c>host</c> the host; other parts are labels.</param>
/// <param name="vm">Overrides the part <c>vm</c>; null by default.</param>
/// <param name="host">Used when there is no part <c>host</c>.</param>
public sealed class QmpTemplateSource(PathTemplate template, MonitorContext context, string? vm = null, string? host = null) : IEventSourceGroup
{
    public string Name { get; } = "qmp:" + template.Text;

    public async IAsyncEnumerable<IEventSource> MembersAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, QmpMonitorSource>(StringComparer.Ordinal);
        var watch = new TemplateWatch(template, context.Time);
        while (true)
        {
            foreach (var (path, source) in known)
            {
                if (source.HasEnded) known.Remove(path);
            }

            foreach (var match in watch.FindNew(known.ContainsKey))
            {
                var source = Member(match);
                known.Add(match.Path, source);
                yield return source;
            }

            await Task.Delay(context.Options.DiscoveryInterval, context.Time, cancellationToken);
        }
    }

    private static bool IsGone(QmpEndpoint endpoint) => endpoint is QmpEndpoint.Unix { Path: var path } && !Path.Exists(path);

    private static ImmutableSortedDictionary<string, string> LabelsOf(PathTemplate.Match match)
    {
        var labels = match.Parts.RemoveRange(["vm", "host"]);
        return labels.IsEmpty ? ImmutableSortedDictionary<string, string>.Empty : labels;
    }

    private QmpMonitorSource Member(PathTemplate.Match match)
    {
        var endpoint = new QmpEndpoint.Unix(match.Path);
        var naming = MonitorNaming.Of(endpoint, vm ?? match.Parts.GetValueOrDefault("vm"), match.Parts.GetValueOrDefault("host") ?? host);
        return new(endpoint, naming with { Labels = LabelsOf(match) }, context, IsGone);
    }
}
