using System.Globalization;
using Qualm.Model;

namespace Qualm.Engine.Spooling;

/// <summary>A small file in the data folder: since when the store has been away, while people were told so.</summary>
internal sealed class OutageMemory(string root)
{
    private readonly string _path = Path.Combine(root, "outage");

    /// <summary>Null when nobody was told of an outage whose end they were not told of.</summary>
    public Instant? Read()
    {
        try
        {
            return long.TryParse(File.ReadAllText(_path), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var micros) ? new Instant(micros) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>As well as it can be done: the disk may be what is broken.</summary>
    public void Write(Instant since)
    {
        try
        {
            Directory.CreateDirectory(root);
            File.WriteAllText(_path, since.Micros.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next run then tells of an outage of its own.
        }
    }

    public void Forget()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next run then tells of the end once more, with the same key.
        }
    }
}
