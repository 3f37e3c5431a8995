using System.Diagnostics.CodeAnalysis;
using ActorParallel.Transport;

namespace ActorParallel.Profiles;

/// <summary>
/// A named folder with a cluster's configuration, certificates and logs and, while a controller runs, its connection file. Only its
/// user can enter it. All members are safe for all threads and processes.
/// </summary>
internal sealed class Profile
{
    /// <summary>The environment variable that stands for <c>~/.actor-parallel</c>.</summary>
    public const string HomeVariable = "ACTOR_PARALLEL_HOME";
    const string LockName = "controller.lock";

    Profile(string name, string path)
    {
        (Name, FullPath) = (name, path);
        Certificates = new ProfileCertificates(Path.Combine(path, "certificates"));
    }

    public string Name { get; }

    public string FullPath { get; }

    /// <summary>The profile's HOCON.</summary>
    public string ConfigPath => Path.Combine(FullPath, "actor-parallel.conf");

    public string ConnectionPath => Path.Combine(FullPath, "connection.json");

    /// <summary>One file a controller or engine; made when asked for.</summary>
    public string LogFolder => SubFolder("logs");

    /// <summary>Connection bundles for engines that a command starts; made when asked for.</summary>
    public string BundleFolder => SubFolder("bundles");

    public ProfileCertificates Certificates { get; }

    /// <summary>The folder all of this user's profiles are in.</summary>
    /// <param name="home">Instead of the environment's, or <c>~/.actor-parallel</c>.</param>
    public static string Root(string? home = null)
    {
        home ??= Environment.GetEnvironmentVariable(HomeVariable);
        if (string.IsNullOrEmpty(home))
        {
            home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".actor-parallel");
        }

        return Path.Combine(Path.GetFullPath(home), "profiles");
    }

    /// <summary>The profiles there are, by name.</summary>
    public static IReadOnlyList<string> List(string? home = null)
    {
        var root = Root(home);
        return Directory.Exists(root)
            ? [.. Directory.EnumerateDirectories(root).Select(folder => Path.GetFileName(folder)).Where(ProfileName.IsValid).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>A profile that is there.</summary>
    /// <exception cref="ArgumentException">It can't be a name.</exception>
    /// <exception cref="ClusterConnectionException">There is none of that name; the message says which are near.</exception>
    /// <exception cref="IOException">Others can enter its folder.</exception>
    public static Profile Open(string name = ProfileName.Default, string? home = null) =>
        TryOpen(name, home, out var profile) ? profile : throw Missing(name, home);

    /// <summary>A profile, made if it isn't there: the folder and a configuration file in which every key stands with its default.</summary>
    /// <exception cref="ArgumentException">It can't be a name.</exception>
    /// <exception cref="IOException">The folder can't be made, or others can enter it.</exception>
    public static Profile OpenOrCreate(string name = ProfileName.Default, string? home = null)
    {
        var path = Path.Combine(MakeRoot(home), ProfileName.Check(name));
        PrivateFolder.Ensure(path);
        var profile = new Profile(name, path);
        PrivateFile.TryCreate(profile.ConfigPath, ProfileConfig.Template(name));
        return profile;
    }

    /// <summary>As <see cref="OpenOrCreate"/>, for a name that isn't taken.</summary>
    /// <exception cref="IOException">There is one of that name.</exception>
    public static Profile Create(string name, string? home = null) =>
        TryOpen(name, home, out var there)
            ? throw new IOException($"There is a profile '{name}' already, in {there.FullPath}: choose another name, or remove it first.")
            : OpenOrCreate(name, home);

    public static bool TryOpen(string name, string? home, [NotNullWhen(true)] out Profile? profile)
    {
        var path = Path.Combine(Root(home), ProfileName.Check(name));
        profile = null;
        if (!Directory.Exists(path))
        {
            return false;
        }

        PrivateFolder.Verify(path);
        profile = new Profile(name, path);
        return true;
    }

    /// <summary>Makes this process the profile's controller until the result is disposed, or the process ends in whatever way.</summary>
    /// <exception cref="ClusterConnectionException">Another process is.</exception>
    public IDisposable Hold()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = PrivateFile.Mode;
        }

        try
        {
            return new FileStream(Path.Combine(FullPath, LockName), options);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException)
        {
            throw new ClusterConnectionException(
                $"A cluster already runs in profile '{Name}': connect to it, stop it with 'apcluster stop --profile {Name}', or start one in another profile.", Name, e);
        }
    }

    /// <summary>Deletes the profile with everything in it, its certificates included.</summary>
    /// <exception cref="ClusterConnectionException">A cluster runs in it.</exception>
    public void Remove()
    {
        using (Hold())
        {
            if (OperatingSystem.IsWindows())
            {
                // An open file can't be deleted there.
                foreach (var folder in Directory.EnumerateDirectories(FullPath))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
            else
            {
                Directory.Delete(FullPath, recursive: true);
                return;
            }
        }

        Directory.Delete(FullPath, recursive: true);
    }

    string SubFolder(string name)
    {
        var path = Path.Combine(FullPath, name);
        PrivateFolder.Ensure(path);
        return path;
    }

    static string MakeRoot(string? home)
    {
        var root = Root(home);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(root);
        }
        else
        {
            Directory.CreateDirectory(root, PrivateFolder.Mode);
        }

        return root;
    }

    static ClusterConnectionException Missing(string name, string? home)
    {
        var all = List(home);
        var near = ProfileName.Nearest(name, all);
        var hint = near.Count > 0 ? $"did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?"
            : all.Count > 0 ? $"there are {string.Join(", ", all.Take(10).Select(n => $"'{n}'"))}{(all.Count > 10 ? " and more" : "")}; make it with 'apcluster profile create {name}'."
            : $"there are none in {Root(home)}; make it with 'apcluster profile create {name}'.";
        return new ClusterConnectionException($"There is no profile '{name}': {hint}", name);
    }
}
