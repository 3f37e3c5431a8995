using System.Runtime.InteropServices;

namespace ActorParallel.Transport;

/// <summary>The few calls .NET has no name for: who owns a file, who we are, reserving space.</summary>
internal static unsafe partial class Posix
{
    const int CurrentFolder = -100, LinuxNoFollow = 0x100;
    const uint BasicStats = 0x7ff;

    public readonly record struct FileFacts(uint Owner, UnixFileMode Mode, bool IsFolder, ulong Inode, long Length);

    /// <summary>What the system knows of a path, links not followed; null when there is none.</summary>
    public static FileFacts? Facts(string path)
    {
        Span<byte> raw = stackalloc byte[256];
        fixed (byte* at = raw)
        {
            if (OperatingSystem.IsLinux())
            {
                if (Statx(CurrentFolder, path, LinuxNoFollow, BasicStats, at) != 0)
                {
                    return null;
                }

                var mode = MemoryMarshal.Read<ushort>(raw[28..]);
                return new(MemoryMarshal.Read<uint>(raw[20..]), Bits(mode), IsFolderMode(mode),
                    MemoryMarshal.Read<ulong>(raw[32..]), MemoryMarshal.Read<long>(raw[40..]));
            }

            var failed = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? LstatArm(path, at) : LstatIntel(path, at);
            if (failed != 0)
            {
                return null;
            }

            var macMode = MemoryMarshal.Read<ushort>(raw[4..]);
            return new(MemoryMarshal.Read<uint>(raw[16..]), Bits(macMode), IsFolderMode(macMode),
                MemoryMarshal.Read<ulong>(raw[8..]), MemoryMarshal.Read<long>(raw[96..]));
        }
    }

    static UnixFileMode Bits(ushort mode) => (UnixFileMode)(mode & 0xFFF);

    static bool IsFolderMode(ushort mode) => (mode & 0xF000) == 0x4000;

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint UserId();

    /// <summary>Reserves the bytes, so that touching them later can't fail; returns an errno, 0 for done.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    public static partial int Allocate(SafeHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", EntryPoint = "lstat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LstatIntel(string path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "lstat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LstatArm(string path, byte* buffer);
}
