namespace Qualm.Engine.Testing;

/// <summary>One line on the standard error that says how far long work has come. Says nothing where nobody watches.</summary>
internal sealed class ProgressLine(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly bool _watched = !Console.IsErrorRedirected;
    private long _last = time.GetTimestamp();
    private int _width;

    public void Say(Func<string> text)
    {
        if (!_watched || time.GetElapsedTime(_last) < Pause) return;
        _last = time.GetTimestamp();
        Write(text());
    }

    public void Dispose()
    {
        if (_width > 0) Console.Error.Write("\r" + new string(' ', _width) + "\r");
    }

    private void Write(string line)
    {
        Console.Error.Write("\r" + line.PadRight(_width));
        _width = line.Length;
    }
}
