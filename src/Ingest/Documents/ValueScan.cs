using System.Text.Json;
using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Documents;

/// <summary>
/// Looks for the end of one JSON object that decoding could not simply run to: it is not all there, or malformed. Can be
/// taken up again when there are more bytes.
/// </summary>
internal struct ValueScan
{
    private JsonScan _scan;
    private JsonReaderState _probe;
    private int _probed;
    private bool _broken;
    private bool _lineEnded;

    public ValueScan() => _probe = new(new JsonReaderOptions { MaxDepth = EventDecoder.MaxDepth });

    /// <summary>Bytes looked at so far.</summary>
    public int Scanned { get; private set; }

    public enum Outcome
    {
        /// <summary>The end is not among the bytes there are.</summary>
        Open,

        /// <summary>The brackets are balanced.</summary>
        Closed,

        /// <summary>The value cannot be JSON, and the next line begins with another.</summary>
        Broken,
    }

    /// <param name="bytes">From the value's first byte on.</param>
    public Outcome Advance(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            if (_lineEnded)
            {
                if (Scanned == bytes.Length) return Outcome.Open;
                _lineEnded = false;
                if (bytes[Scanned] == '{' && (_broken || !ContinuesSoundly(bytes))) return Outcome.Broken;
            }

            var rest = bytes[Scanned..];
            var newline = rest.IndexOf((byte)'\n');
            var part = newline < 0 ? rest : rest[..(newline + 1)];
            var end = _scan.Advance(part);
            if (end >= 0)
            {
                Scanned += end;
                return Outcome.Closed;
            }

            Scanned += part.Length;
            if (newline < 0) return Outcome.Open;
            _lineEnded = true;
            _broken |= _scan.EndLine();
        }
    }

    /// <summary>Forgets the bytes looked at: they are too many. From now on any line that begins with a bracket ends the value.</summary>
    public void Discard()
    {
        Scanned = 0;
        _broken = true;
    }

    // Taken up where the last probe stopped, so that no byte is parsed twice.
    private bool ContinuesSoundly(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes[_probed..(Scanned + 1)], isFinalBlock: false, _probe);
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException)
        {
            return false;
        }

        _probed += (int)reader.BytesConsumed;
        _probe = reader.CurrentState;
        return true;
    }
}
