using System.Runtime.InteropServices;

namespace ActorParallel.Payloads;

/// <summary>
/// Asks Linux for pages of 2 MB under large arrays: filling a new array of 16 MB costs 4096 page faults otherwise, most of the time that
/// reading it takes. A hint: nothing depends on it.
/// </summary>
internal static unsafe partial class HugePages
{
    /// <summary>Smaller arrays are not worth a call.</summary>
    public const int From = 4 << 20;

    const nuint PageBytes = 2 << 20;
    const int AdviseHugePage = 14;

    static readonly bool s_available = OperatingSystem.IsLinux();

    public static void Advise(Array array, long bytes)
    {
        if (!s_available || bytes < From) return;
        fixed (byte* start = &MemoryMarshal.GetArrayDataReference(array))
        {
            var from = ((nuint)start + PageBytes - 1) & ~(PageBytes - 1);
            var to = ((nuint)start + (nuint)bytes) & ~(PageBytes - 1);
            if (to > from) _ = AdviseMemory((void*)from, to - from, AdviseHugePage);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AdviseMemory(void* start, nuint length, int advice);
}
