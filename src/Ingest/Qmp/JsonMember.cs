using System.Buffers;

namespace Qualm.Ingest.Qmp;

/// <summary>A member of an object on its way to being written anew.</summary>
/// <param name="Key">Unescaped.</param>
/// <param name="RawKey">As written between the quotes.</param>
/// <param name="Value">JSON text.</param>
internal sealed record JsonMember(string Key, byte[] RawKey, byte[] Value)
{
    /// <summary>The object of these members, with QEMU's own spacing.</summary>
    public static byte[] Write(IReadOnlyList<JsonMember> members)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            output.Write(i == 0 ? "\""u8 : ", \""u8);
            output.Write(members[i].RawKey);
            output.Write("\": "u8);
            output.Write(members[i].Value);
        }

        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }
}
