using System.Diagnostics;
using System.Globalization;

namespace ActorParallel.Controllers;

/// <summary>How much memory another process has.</summary>
internal static class ProcessMemory
{
    /// <summary>Resident bytes; null when the process is gone.</summary>
    public static long? Resident(int processId)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                var fields = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/statm")).Split(' ');
                return long.Parse(fields[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
            }
            using var process = Process.GetProcessById(processId);
            return process.WorkingSet64;
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
