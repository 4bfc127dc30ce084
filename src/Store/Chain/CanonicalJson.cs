using System.Text.Json;
using Qualm.Store.Writing;

namespace Qualm.Store.Chain;

/// <summary>
/// Writes JSON in the one form that what was sent to a <c>jsonb</c> column and what comes out of it have in common. It is made to be hashed, not
/// to be read. Reused; one thread at a time.
/// </summary>
/// <remarks>
/// As jsonb does it: members by length of their name, then bytewise, of equal names the last; numbers as <c>numeric</c> writes them, without exponent
/// and with the scale they were given; texts without escapes. What is no JSON goes in as it is: the database refuses it.
/// </remarks>
internal sealed class CanonicalJson
{
    private const int PrefixLength = 5;

    /// <summary>Members that are sorted by hand.</summary>
    private const int Few = 24;

    private readonly List<Member> _members = [];
    private readonly Stack<(int FirstMember, bool IsSorted)> _objects = [];
    private readonly ByteBuffer _moved = new(256);
    private readonly KeyOrder _order = new();
    private byte[] _text = new byte[256];

    /// <summary>Appends the form of <paramref name="json"/>, UTF-8.</summary>
    internal void Write(ReadOnlySpan<byte> json, ByteBuffer to)
    {
        var start = to.Length;
        try
        {
            WriteValue(json, to);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            to.Truncate(start);
            Tagged('x', json, to);
        }
    }

    private void WriteValue(ReadOnlySpan<byte> json, ByteBuffer to)
    {
        _members.Clear();
        _objects.Clear();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    to.Byte((byte)'{');
                    _objects.Push((_members.Count, true));
                    break;
                case JsonTokenType.EndObject:
                    EndObject(to);
                    to.Byte((byte)'}');
                    break;
                case JsonTokenType.StartArray:
                    to.Byte((byte)'[');
                    break;
                case JsonTokenType.EndArray:
                    to.Byte((byte)']');
                    break;
                case JsonTokenType.PropertyName:
                    Name(ref reader, to);
                    break;
                case JsonTokenType.String:
                    Text(ref reader, 's', to);
                    break;
                case JsonTokenType.Number:
                    CanonicalNumber.Write(reader.ValueSpan, to);
                    break;
                default:
                    to.Byte(reader.TokenType switch { JsonTokenType.True => (byte)'t', JsonTokenType.False => (byte)'f', _ => (byte)'z' });
                    break;
            }
        }
    }

    private void Name(ref Utf8JsonReader reader, ByteBuffer to)
    {
        var start = to.Length;
        Text(ref reader, 'k', to);
        var member = new Member(start, to.Length - start - PrefixLength);
        var (first, sorted) = _objects.Peek();
        if (sorted && _members.Count > first && KeyOrder.Compare(to, _members[^1], member) >= 0)
        {
            _objects.Pop();
            _objects.Push((first, false));
        }

        _members.Add(member);
    }

    // The members of objects inside this one are gone from the list by now.
    private void EndObject(ByteBuffer to)
    {
        var (first, sorted) = _objects.Pop();
        if (!sorted) Sort(first, to);
        _members.RemoveRange(first, _members.Count - first);
    }

    private void Sort(int first, ByteBuffer to)
    {
        var start = _members[first].Start;
        var members = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_members)[first..];
        for (var i = 0; i < members.Length; i++) members[i].End = i + 1 < members.Length ? members[i + 1].Start : to.Length;
        _order.Buffer = to;
        if (members.Length <= Few) InsertionSort(members);
        else members.Sort(_order);
        _moved.Clear();
        for (var i = 0; i < members.Length; i++)
        {
            if (i + 1 < members.Length && KeyOrder.Compare(to, members[i], members[i + 1]) == 0) continue;
            _moved.Bytes(to.From(members[i].Start)[..(members[i].End - members[i].Start)]);
        }

        to.Truncate(start);
        to.Bytes(_moved.Written.Span);
        _moved.Shrink(64 * 1024);
    }

    // Events have few members, in an order that is nearly the same every time; and a sort by a comparer allocates.
    private void InsertionSort(Span<Member> members)
    {
        for (var i = 1; i < members.Length; i++)
        {
            var member = members[i];
            var at = i;
            for (; at > 0 && _order.Compare(members[at - 1], member) > 0; at--) members[at] = members[at - 1];
            members[at] = member;
        }
    }

    private void Text(ref Utf8JsonReader reader, char tag, ByteBuffer to)
    {
        if (!reader.ValueIsEscaped)
        {
            Tagged(tag, reader.ValueSpan, to);
            return;
        }

        if (_text.Length < reader.ValueSpan.Length) _text = new byte[reader.ValueSpan.Length * 2];
        var length = reader.CopyString(_text);
        Tagged(tag, _text.AsSpan(0, length), to);
    }

    internal static void Tagged(char tag, ReadOnlySpan<byte> bytes, ByteBuffer to)
    {
        to.Byte((byte)tag);
        to.Int32(bytes.Length);
        to.Bytes(bytes);
    }

    /// <param name="Start">Where its name begins in the output.</param>
    /// <param name="NameLength">In bytes.</param>
    private record struct Member(int Start, int NameLength)
    {
        internal int End { get; set; }
    }

    /// <summary>Of members of one name the one written first comes first.</summary>
    private sealed class KeyOrder : IComparer<Member>
    {
        internal ByteBuffer Buffer { get; set; } = null!;

        public int Compare(Member x, Member y) => Compare(Buffer, x, y) is var order and not 0 ? order : x.Start.CompareTo(y.Start);

        internal static int Compare(ByteBuffer buffer, Member x, Member y) =>
            x.NameLength != y.NameLength ? x.NameLength.CompareTo(y.NameLength) : Name(buffer, x).SequenceCompareTo(Name(buffer, y));

        private static ReadOnlySpan<byte> Name(ByteBuffer buffer, Member member) => buffer.From(member.Start + PrefixLength)[..member.NameLength];
    }
}
