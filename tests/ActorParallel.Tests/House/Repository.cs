namespace ActorParallel.Tests.House;

/// <summary>The folder this was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string File(params ReadOnlySpan<string> path) => Path.Combine([Root, .. path]);

    public static string Text(params ReadOnlySpan<string> path) => System.IO.File.ReadAllText(File(path));

    /// <summary>The files of these folders that people wrote, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(string pattern, params string[] folders) =>
        from folder in folders
        where Directory.Exists(File(folder))
        from file in Directory.EnumerateFiles(File(folder), pattern, SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Root, file).Replace('\\', '/')
        where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        select path;

    static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (System.IO.File.Exists(Path.Combine(folder, "ActorParallel.sln"))) return folder;
        }
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has ActorParallel.sln: run the tests from inside the repository.");
    }
}
