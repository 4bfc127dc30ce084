using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Qualm.Ingest.Sources;

/// <summary>What Linux's statx says of a file.</summary>
/// <param name="Mode">Type and permissions, as in st_mode.</param>
/// <param name="Birth">Nanoseconds since 1970; 0 when the file system does not say.</param>
/// <param name="Modified">Nanoseconds since 1970.</param>
internal readonly record struct FileStatus(long Device, long Inode, long Size, int Mode, long Birth, long Modified)
{
    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const uint BasicAndBirth = 0xfff;
    private const uint HasBirth = 0x800;

    public bool IsSocket => (Mode & 0xF000) == 0xC000;

    public bool IsRegular => (Mode & 0xF000) == 0x8000;

    /// <summary>Whether it is the file that the place lies in.</summary>
    public bool IsSame(TailPosition place) => place.SameFile(new(Device, Inode, 0, Birth));

    public bool IsSame(FileStatus other) => IsSame(new TailPosition(other.Device, other.Inode, 0, other.Birth));

    /// <returns>Null when there is no such file or it may not be looked at.</returns>
    public static FileStatus? Of(string path) => Read(CurrentFolder, Encoding.UTF8.GetBytes(path + "\0"), 0);

    public static FileStatus? Of(SafeFileHandle file)
    {
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return Read((int)file.DangerousGetHandle(), [0], EmptyPath);
        }
        finally
        {
            if (held) file.DangerousRelease();
        }
    }

    private static FileStatus? Read(int folder, byte[] path, int flags)
    {
        var status = new byte[256];
        if (statx(folder, path, flags, BasicAndBirth, status) != 0) return null;
        var device = ((long)UInt32(status, 136) << 32) | UInt32(status, 140);
        var birth = (UInt32(status, 0) & HasBirth) != 0 ? Time(status, 80) : 0;
        return new(device, Int64(status, 32), Int64(status, 40), BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(28)), birth, Time(status, 112));
    }

    private static long Time(byte[] status, int at) => (Int64(status, at) * 1_000_000_000) + UInt32(status, at + 8);

    private static long Int64(byte[] status, int at) => BinaryPrimitives.ReadInt64LittleEndian(status.AsSpan(at));

    private static uint UInt32(byte[] status, int at) => BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(at));

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int statx(int folder, byte[] path, int flags, uint mask, byte[] status);
}
