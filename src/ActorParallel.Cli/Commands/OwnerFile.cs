using System.Text.Json;
using ActorParallel.Profiles;
using ActorParallel.Transport;

namespace ActorParallel.Cli.Commands;

/// <summary>Which process started a profile's cluster: who stops it waits for that one's end, too.</summary>
internal sealed record OwnerFile(int ProcessId, long Started)
{
    const string FileName = "owner.json";

    public bool IsAlive => ProcessIdentity.StartTime(ProcessId) == Started;

    public static OwnerFile Write(Profile profile)
    {
        var own = new OwnerFile(Environment.ProcessId, ProcessIdentity.StartTime(Environment.ProcessId) ?? 0);
        PrivateFile.Write(PathOf(profile), Terminal.Compact(own));
        return own;
    }

    /// <summary>Null when there is none that can be read.</summary>
    public static OwnerFile? Read(Profile profile)
    {
        try
        {
            return PrivateFile.Read(PathOf(profile)) is { } text ? Terminal.Parse<OwnerFile>(text) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public static void Remove(Profile profile)
    {
        try
        {
            File.Delete(PathOf(profile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It says of a process that has ended; the next one replaces it.
        }
    }

    static string PathOf(Profile profile) => Path.Combine(profile.FullPath, FileName);
}
