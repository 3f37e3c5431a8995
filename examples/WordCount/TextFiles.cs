using System.IO.Enumeration;

namespace Examples;

static class TextFiles
{
    static readonly string[] s_made = ["artifacts", "bin", "obj", "node_modules"];

    /// <summary>All files below a folder, hidden ones and what builds make left out; links to folders are not followed.</summary>
    public static string[] In(string folder)
    {
        if (File.Exists(folder)) throw new InputException($"{folder} is a file: give the folder it is in.");
        if (!Directory.Exists(folder)) throw new InputException($"There is no folder {folder}.");
        var files = new FileSystemEnumerable<string>(folder, static (ref entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
        {
            ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory && entry.FileName[0] != '.',
            ShouldRecursePredicate = static (ref entry) =>
                entry.FileName[0] != '.' && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint) && !s_made.Contains(entry.FileName.ToString()),
        };
        return [.. files.Order(StringComparer.Ordinal)];
    }

    /// <summary>The folder of the solution this program was built from, or the current one.</summary>
    public static string Sources()
    {
        foreach (var start in (string[])[AppContext.BaseDirectory, Environment.CurrentDirectory])
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "ActorParallel.sln"))) return folder.FullName;
        return Environment.CurrentDirectory;
    }
}
