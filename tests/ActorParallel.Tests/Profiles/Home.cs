using ActorParallel.Profiles;
using ActorParallel.Transport;

namespace ActorParallel.Tests.Profiles;

/// <summary>A home for profiles, for one test.</summary>
sealed class Home : IDisposable
{
    public const UnixFileMode Open = (UnixFileMode)0b111_101_101, Readable = (UnixFileMode)0b110_100_100;

    public string Path { get; } = Directory.CreateTempSubdirectory("ap-home").FullName;

    public Profile Profile(string name = "default") => ActorParallel.Profiles.Profile.OpenOrCreate(name, Path);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public static ConnectionInfo Info(string profile = "default") => ConnectionInfo.ForThisProcess(profile) with { UnixFolder = "/nowhere", UnixPort = 7 };

    public static void UnixOnly() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");

    public static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? 0 : File.GetUnixFileMode(path);

    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    public static UnixFileMode Private => PrivateFolder.Mode;
}
