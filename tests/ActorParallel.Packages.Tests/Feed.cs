namespace ActorParallel.Packages.Tests;

/// <summary>
/// The packages in a folder outside the repository, and new programs beside it that know no other way to them: with a home, a package folder and
/// settings of their own. Packages of others come from the machine's package folder where they are there.
/// </summary>
public sealed class Feed : IAsyncLifetime
{
    static readonly string s_repository = Find();

    readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("actor-parallel-packages-");

    public string Packages => Path.Combine(_root.FullName, "feed");

    /// <summary>What packing wrote.</summary>
    public string PackOutput { get; private set; } = "";

    public string Folder(string name) => Path.Combine(_root.FullName, name);

    public async ValueTask InitializeAsync()
    {
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        using var packed = Started.Start(Path.Combine(s_repository, "tests", "ActorParallel.Packages.Tests"), [], "dotnet",
            "msbuild", "Pack.targets", "-nologo", "-v:m", $"-p:Configuration={char.ToUpperInvariant(configuration[0])}{configuration[1..]}", $"-p:Feed={Packages}");
        PackOutput = await packed.SucceedAsync();
        var known = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Directory.CreateDirectory(Folder("home"));
        Directory.CreateDirectory(known);
        await File.WriteAllTextAsync(Folder("NuGet.config"), $"""
            <configuration>
              <packageSources><add key="feed" value="{Packages}" /></packageSources>
              <fallbackPackageFolders><add key="known" value="{known}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    /// <summary>Starts a program in a folder beside the packages, in surroundings of its own.</summary>
    public Started Start(string folder, string program, params string[] arguments) => Start(folder, [], program, arguments);

    public Started Start(string folder, (string Name, string? Value)[] environment, string program, params string[] arguments) => Started.Start(
        Directory.CreateDirectory(Folder(folder)).FullName,
        [
            ("HOME", Folder("home")), ("USERPROFILE", Folder("home")), ("DOTNET_CLI_HOME", Folder("home")), ("NUGET_PACKAGES", Folder("packages")),
            ("ACTOR_PARALLEL_HOME", Folder("profiles")), .. environment,
        ],
        program, arguments);

    public async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        using var started = Start(folder, program, arguments);
        return await started.SucceedAsync();
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            _root.Delete(recursive: true);
        }
        catch (IOException)
        {
            // Something writes to it still: it is in the temporary folder.
        }
        return ValueTask.CompletedTask;
    }

    static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "ActorParallel.sln"))) return folder;
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has ActorParallel.sln: run the tests from inside the repository.");
    }
}
