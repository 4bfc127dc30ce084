using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Qualm.Model;
using Qualm.Rules.Binding;

namespace Qualm.Rules.Run;

/// <summary>Some parts of a key, to be found in whole keys.</summary>
internal static class PartialKey
{
    public static ImmutableArray<KeyPart> Parts(BoundKey key, in KeyReading reading)
    {
        var bytes = reading.Bytes;
        var parts = ImmutableArray.CreateBuilder<KeyPart>();
        foreach (var part in key.Parts)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[1..]);
            parts.Add(bytes[0] switch
            {
                KeyReading.VmPart => new KeyPart(part.Name, reading.Vm!.Id, true),
                KeyReading.HostPart => new KeyPart(part.Name, reading.Host!.Id, true),
                _ => new KeyPart(part.Name, Encoding.UTF8.GetString(bytes.Slice(KeyReading.Header, length)), bytes[0] == KeyReading.TextPart),
            });
            bytes = bytes[(KeyReading.Header + length)..];
        }

        return parts.ToImmutable();
    }

    public static bool Agrees(ImmutableArray<KeyPart> parts, ImmutableArray<KeyPart> whole) => parts.All(whole.Contains);
}
