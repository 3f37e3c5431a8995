using System.Text;
using System.Text.Json;
using ActorParallel.Transport;

namespace ActorParallel.Profiles;

/// <summary>What a connection file held: a cluster's whereabouts and, when it was exported for elsewhere, what is needed to get in.</summary>
internal sealed record ConnectionFound(ConnectionInfo Info, ConnectionBundle? Bundle)
{
    /// <summary>As <see cref="ConnectionFile.Check"/>, but an exported file says nothing of machines that have the same name as the controller's.</summary>
    public ConnectionInfo Check() => Bundle is not null && !Info.IsHere ? Info : Info.Check();
}

/// <summary>
/// A profile's connection file: there while its controller runs. Everything that can be wrong with it is a
/// <see cref="ClusterConnectionException"/> of one sentence.
/// </summary>
internal static class ConnectionFile
{
    /// <summary>Replaces the profile's connection file. Only who holds the profile (<see cref="Profile.Hold"/>) does that.</summary>
    public static void Write(Profile profile, ConnectionInfo info) =>
        PrivateFile.Write(profile.ConnectionPath, JsonSerializer.Serialize(info, ConnectionJson.Default.ConnectionInfo));

    /// <summary>What stands in the profile's connection file; whether it still holds, <see cref="Check"/> tells.</summary>
    /// <exception cref="ClusterConnectionException">There is none, or none that can be read.</exception>
    public static ConnectionInfo Read(Profile profile) => ReadText(profile.ConnectionPath) is { } text
        ? Parse(Encoding.UTF8.GetBytes(text), profile.ConnectionPath, profile.Name).Info
        : throw new ClusterConnectionException($"No cluster runs in profile '{profile.Name}': start one with 'apcluster start --profile {profile.Name}'.", profile.Name);

    /// <summary>A running cluster's, by the profile's name.</summary>
    /// <exception cref="ClusterConnectionException">No such profile, no cluster in it, or its file is stale or can't be read.</exception>
    public static (Profile Profile, ConnectionInfo Info) Find(string profileName = ProfileName.Default, string? home = null)
    {
        try
        {
            var profile = Profile.Open(profileName, home);
            return (profile, Read(profile).Check());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterConnectionException(e.Message, profileName, e);
        }
    }

    /// <summary>A connection file or bundle anywhere.</summary>
    /// <exception cref="ClusterConnectionException">There is none, or none that can be read.</exception>
    public static ConnectionFound ReadAt(string path) => ReadText(path) is { } text
        ? Parse(Encoding.UTF8.GetBytes(text), path)
        : throw new ClusterConnectionException($"There is no connection file {path}: export one with 'apcluster profile export', or name a profile.");

    /// <summary>Returns it if the controller it tells of can still be there. Of one on another machine nothing can be said from here.</summary>
    /// <exception cref="ClusterConnectionException">It is gone.</exception>
    public static ConnectionInfo Check(this ConnectionInfo info)
    {
        var remedy = $"remove the stale file with 'apcluster clean --profile {info.Profile}', or start anew with 'apcluster start --profile {info.Profile}'";
        if (info.Host != MachineIdentity.HostName)
        {
            return info;
        }

        if (info.BootId != MachineIdentity.BootId)
        {
            throw new ClusterConnectionException($"The {info} is gone, because this machine was started again since: {remedy}.", info.Profile);
        }

        return ProcessIdentity.StartTime(info.ControllerPid) is not { } started
            ? throw new ClusterConnectionException($"The {info} is gone, because that process ended without cleaning up: {remedy}.", info.Profile)
            : started != info.ControllerStarted
            ? throw new ClusterConnectionException($"The {info} is gone, because its process id belongs to another process now: {remedy}.", info.Profile)
            : info;
    }

    /// <summary>Removes the profile's connection file, if it still tells of this cluster. False if not.</summary>
    public static bool TryRemove(Profile profile, string clusterId)
    {
        try
        {
            if (Read(profile).ClusterId != clusterId)
            {
                return false;
            }

            File.Delete(profile.ConnectionPath);
            return true;
        }
        catch (Exception e) when (e is ClusterConnectionException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Removes the profile's connection file if it is stale or unreadable and no controller holds the profile. True when it did.</summary>
    /// <exception cref="ClusterConnectionException">A controller holds the profile.</exception>
    public static bool RemoveStale(Profile profile)
    {
        using (profile.Hold())
        {
            if (!File.Exists(profile.ConnectionPath))
            {
                return false;
            }

            File.Delete(profile.ConnectionPath);
            return true;
        }
    }

    /// <summary>Reads either kind of file.</summary>
    internal static ConnectionFound Parse(ReadOnlyMemory<byte> utf8, string source, string? profile = null)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            var root = document.RootElement;
            var format = root.GetProperty("format").GetInt32();
            if (format > ConnectionInfo.CurrentFormat)
            {
                throw new ClusterConnectionException(
                    $"{source} has format {format} and this program knows up to {ConnectionInfo.CurrentFormat}: update ActorParallel here to the version that wrote it.", profile);
            }

            if (!root.TryGetProperty("connection", out _))
            {
                return new(Sane(root.Deserialize(ConnectionJson.Default.ConnectionInfo)!), null);
            }

            var bundle = root.Deserialize(ConnectionJson.Default.ConnectionBundle)!;
            return new(Sane(bundle.Connection), bundle);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ClusterConnectionException($"{source} is no connection file ({OneLine(e.Message)}): delete it and start the cluster again, or export it again.", profile, e);
        }
    }

    static ConnectionInfo Sane(ConnectionInfo info) =>
        info.TlsPort is < 0 or > 65535 || info.UnixPort is < 0 or > 65535 || info.ControllerPid < 1 || !ProfileName.IsValid(info.Profile)
            ? throw new FormatException("a port, the process id or the profile's name can't be one")
            : info;

    static string? ReadText(string path)
    {
        try
        {
            return PrivateFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterConnectionException($"The connection file can't be read: {e.Message}", null, e);
        }
    }

    static string OneLine(string text) => text.ReplaceLineEndings(" ").TrimEnd('.');
}
