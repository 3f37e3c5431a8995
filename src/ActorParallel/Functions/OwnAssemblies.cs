using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;

namespace ActorParallel.Functions;

/// <summary>The assemblies this process itself has: its framework, ActorParallel with what that stands on, and its program.</summary>
internal static class OwnAssemblies
{
    static readonly Dictionary<string, string> Trusted = ReadTrusted();
    static readonly ConcurrentDictionary<string, CodeFile?> Files = new(StringComparer.OrdinalIgnoreCase);

    static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";

    // …/shared/Microsoft.NETCore.App/10.0.0, beside which other frameworks lie; null in a program that carries its own.
    static readonly string? FrameworksFolder =
        Path.GetDirectoryName(FrameworkFolder) is { } folder && Path.GetFileName(folder) == "Microsoft.NETCore.App" ? Path.GetDirectoryName(folder) + Path.DirectorySeparatorChar : null;

    static readonly HashSet<string> CoreNames = FindCore();

    const string EngineName = "ActorParallel.Engine", DepsEnd = ".deps.json";

    // An engine of its own files, rather than of the program's that started it. It has more than the library itself: Akka.Cluster.
    static readonly bool IsEngine = Assembly.GetEntryAssembly()?.GetName().Name == EngineName && FindProgramName() is null;

    /// <summary>The main assembly of the program whose files this process runs with; null in an engine with files of its own.</summary>
    public static string? ProgramName { get; } = FindProgramName();

    /// <summary>The file that the program's own load context takes for a name, or null.</summary>
    public static string? PathOf(string name) => Trusted.GetValueOrDefault(name);

    /// <summary>What that file says of itself, or null where there is none.</summary>
    public static CodeFile? FileOf(string name) =>
        Files.GetOrAdd(name, static n => PathOf(n) is { } path ? CodeFile.TryRead(path) : null);

    /// <summary>Whether the assembly belongs to .NET's shared frameworks, which never travel.</summary>
    public static bool IsFramework(string name, string path)
    {
        if (FrameworksFolder is not null) return path.StartsWith(FrameworksFolder, StringComparison.Ordinal);
        if (Path.GetDirectoryName(path) != FrameworkFolder) return false;
        if (name is "netstandard" or "mscorlib" or "WindowsBase") return true;
        return (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal) || name == "System")
            && CodeFile.TryRead(path)?.Version.Major >= Environment.Version.Major;
    }

    /// <summary>Whether this process has a framework assembly of that name.</summary>
    public static bool HasFramework(string name) => PathOf(name) is { } path && IsFramework(name, path);

    /// <summary>Whether every process with ActorParallel has it, and its types must be the same for all code in the process.</summary>
    public static bool IsCore(string name) =>
        (IsOrUnder(name, "ActorParallel") || IsOrUnder(name, "Akka") || IsOrUnder(name, "MessagePack")) && (CoreNames.Contains(name) || (IsEngine && PathOf(name) is not null));

    static bool IsOrUnder(string name, string root) =>
        name.StartsWith(root, StringComparison.OrdinalIgnoreCase) && (name.Length == root.Length || name[root.Length] == '.');

    static HashSet<string> FindCore()
    {
        string root = typeof(OwnAssemblies).Assembly.GetName().Name!;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { root };
        var pending = new Queue<string>(names);
        names.Add(EngineName);
        while (pending.TryDequeue(out string? name))
        {
            foreach (var reference in FileOf(name)?.References ?? [])
            {
                if (reference.Name is { } next && (IsOrUnder(next, "Akka") || IsOrUnder(next, "MessagePack")) && names.Add(next)) pending.Enqueue(next);
            }
        }

        return names;
    }

    // The host lists the dependency files it was given, the program's first.
    static string? FindProgramName()
    {
        string? first = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        string? name = first is not null && first.EndsWith(DepsEnd, StringComparison.OrdinalIgnoreCase) ? Path.GetFileName(first)[..^DepsEnd.Length] : null;
        if (name is null || PathOf(name) is null) name = Assembly.GetEntryAssembly()?.GetName().Name;
        return name == EngineName ? null : name;
    }

    static Dictionary<string, string> ReadTrusted()
    {
        var paths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string list = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "";
        foreach (string path in list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)) paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        return paths;
    }

    /// <summary>Loads one of the process's own; null where there is none.</summary>
    public static Assembly? Load(string name)
    {
        try
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName { Name = name });
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or ArgumentException)
        {
            return null;
        }
    }
}
