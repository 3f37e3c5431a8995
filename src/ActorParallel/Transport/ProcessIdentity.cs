using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ActorParallel.Transport;

/// <summary>A process told from a later one that got the same id: by when it started.</summary>
internal static class ProcessIdentity
{
    /// <summary>Null when no such process lives. On Linux in clock ticks since the machine started, elsewhere in seconds.</summary>
    public static long? StartTime(int pid)
    {
        if (OperatingSystem.IsLinux())
        {
            return LinuxStartTime(pid);
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            return new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeSeconds();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Kills that process and no later one. False when it is gone, or not this user's.</summary>
    public static bool TryKill(int pid, long started)
    {
        if (StartTime(pid) != started)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }

    // Process.StartTime is computed from the wall clock and moves with it.
    static long? LinuxStartTime(int pid)
    {
        const int AfterName = 19;
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

            // A zombie no longer uses anything.
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[AfterName], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
