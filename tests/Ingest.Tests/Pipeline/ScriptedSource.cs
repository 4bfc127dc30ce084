using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Tests.Pipeline;

/// <summary>A source that yields what a test gives it, and faults when told.</summary>
internal sealed class ScriptedSource(string vm) : IEventSource
{
    private readonly Channel<Func<SourceItem>> _script = Channel.CreateUnbounded<Func<SourceItem>>();
    private readonly Qualm.Model.EventOrigin _origin = Some.Origin(vm);
    private long _n;
    private long _taken;

    public string Name => "script:" + vm;

    /// <summary>Items taken by the reader.</summary>
    public long Taken => Volatile.Read(ref _taken);

    public ScriptedSource Play(int count, string name = "STOP", bool foldable = false)
    {
        for (var i = 0; i < count; i++)
        {
            var item = new SourceItem.Event(Some.Received(_origin, name, n: ++_n)) { Foldable = foldable };
            _script.Writer.TryWrite(() => item);
        }

        return this;
    }

    public ScriptedSource Fault()
    {
        _script.Writer.TryWrite(() => throw new InvalidDataException("scripted"));
        return this;
    }

    public ScriptedSource End()
    {
        _script.Writer.Complete();
        return this;
    }

    public async IAsyncEnumerable<SourceItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var make in _script.Reader.ReadAllAsync(cancellationToken))
        {
            var item = make();
            Interlocked.Increment(ref _taken);
            yield return item;
        }
    }
}
