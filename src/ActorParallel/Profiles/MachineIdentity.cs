namespace ActorParallel.Profiles;

/// <summary>This machine, told from others and from itself before it was started again.</summary>
internal static class MachineIdentity
{
    const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    public static string HostName => Environment.MachineName;

    /// <summary>Another one after each start of the machine; empty where there is none (all but Linux).</summary>
    public static string BootId { get; } = Read();

    /// <summary>Both.</summary>
    public static string Machine { get; } = $"{HostName}/{BootId}";

    static string Read()
    {
        try
        {
            return File.Exists(BootIdFile) ? File.ReadAllText(BootIdFile).Trim() : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
