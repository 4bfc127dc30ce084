using System.Runtime.InteropServices;

namespace Qualm.Engine.Hosting;

/// <summary>
/// The signals that a service answers for, from the moment this is made: those that come before somebody answers are kept. The default
/// would end the process.
/// </summary>
internal sealed class ServiceSignals : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly List<PosixSignal> _kept = [];
    private Action<PosixSignal>? _answer;

    public ServiceSignals()
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGHUP, PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            _registrations.Add(PosixSignalRegistration.Create(signal, Take));
    }

    /// <summary>Has every signal answered, in the order in which they came; those that were kept at once.</summary>
    public void Answer(Action<PosixSignal> answer)
    {
        lock (_gate)
        {
            _answer = answer;
            foreach (var signal in _kept) answer(signal);
            _kept.Clear();
        }
    }

    /// <summary>Gives the signals back.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _registrations.Clear();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        Action<PosixSignal>? answer;
        lock (_gate)
        {
            answer = _answer;
            if (answer is null) _kept.Add(context.Signal);
        }

        answer?.Invoke(context.Signal);
    }
}
