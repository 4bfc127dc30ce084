using Qualm.Engine.Configuration;
using Qualm.Ingest.Client;
using Qualm.Ingest.Pipeline;
using Qualm.Ingest.Sources;

namespace Qualm.Engine.Hosting;

/// <summary>Makes the sources that the configuration names and adds them to the pipeline.</summary>
internal static class SourceFactory
{
    /// <param name="resume">Where growing files were left, by the name of the source.</param>
    /// <exception cref="ConfigException">An endpoint or a template is malformed.</exception>
    public static void AddAll(
        IngestPipeline pipeline, IEnumerable<SourceConfig> sources, MonitorContext monitors, IReadOnlyDictionary<string, TailPosition> resume)
    {
        foreach (var source in sources) Add(pipeline, source, monitors, resume);
    }

    private static void Add(
        IngestPipeline pipeline, SourceConfig source, MonitorContext monitors, IReadOnlyDictionary<string, TailPosition> resume)
    {
        try
        {
            switch (source)
            {
                case SourceConfig.Template template:
                    pipeline.Add(new QmpTemplateSource(PathTemplate.Parse(template.Path), monitors));
                    break;
                case SourceConfig.Monitor monitor:
                    var endpoint = QmpEndpoint.Parse(monitor.Endpoint);
                    pipeline.Add(new QmpMonitorSource(endpoint, MonitorNaming.Of(endpoint, monitor.Vm, monitor.Host), monitors));
                    break;
                case SourceConfig.Listen listen:
                    pipeline.Add(new QmpListenerSource(QmpEndpoint.Parse(listen.Endpoint), monitors));
                    break;
                case SourceConfig.Tail tail:
                    TailPosition? from = resume.TryGetValue(TailSource.NameOf(tail.Path), out var left) ? left : null;
                    pipeline.Add(new GatedSource(
                        new TailSource(
                            tail.Path, new FileNaming(tail.Vm, tail.Host), from, TailOptions.Default with { EpochsAbove = monitors.Epochs.Of(0) }, monitors.Time, monitors.Logger),
                        monitors.Files));
                    break;
            }
        }
        catch (FormatException e)
        {
            throw new ConfigException($"sources: {e.Message}");
        }
    }
}
