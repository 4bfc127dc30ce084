using OpenTelemetry.Trace;

namespace Qualm.Engine.Serving.Tracing;

/// <summary>Takes so many traces a second, the first ones that come; rare ones, such as reloads, are therefore nearly always among them.</summary>
internal sealed class RateSampler(int perSecond, TimeProvider time) : Sampler
{
    private readonly Lock _gate = new();
    private long _second;
    private int _taken;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var second = time.GetTimestamp() / time.TimestampFrequency;
        lock (_gate)
        {
            if (second != _second) (_second, _taken) = (second, 0);
            return new SamplingResult(_taken++ < perSecond);
        }
    }
}
