using System.Reflection;
using System.Runtime.InteropServices;

namespace ActorParallel.Processes;

/// <summary>
/// The files a child starts from: the engine's executable, run with this program's own dependency and runtime
/// configuration, so that it resolves exactly the assemblies this program does.
/// </summary>
/// <param name="Dotnet">The <c>dotnet</c> host.</param>
/// <param name="Engine">ActorParallel.Engine.dll.</param>
/// <param name="RuntimeConfig">The program's runtimeconfig.json.</param>
/// <param name="Deps">The program's deps.json; null if it was built without one.</param>
internal sealed record ChildProgram(string Dotnet, string Engine, string RuntimeConfig, string? Deps)
{
    const string EngineFile = "ActorParallel.Engine.dll", DepsEnd = ".deps.json", ConfigEnd = ".runtimeconfig.json";

    static readonly Lazy<ChildProgram> Found = new(Find, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>This program's. Files are looked for at the first use.</summary>
    /// <exception cref="FileNotFoundException">One of them isn't there.</exception>
    /// <exception cref="PlatformNotSupportedException">The program was published as a single file or with its own runtime.</exception>
    public static ChildProgram Current => Found.Value;

    /// <summary>The command line of a child.</summary>
    public string[] Arguments(string role)
    {
        string parent = System.Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Deps is null
            ? ["exec", "--runtimeconfig", RuntimeConfig, Engine, role, parent]
            : ["exec", "--depsfile", Deps, "--runtimeconfig", RuntimeConfig, Engine, role, parent];
    }

    /// <summary>Says what is missing, before the host would in its own words.</summary>
    public ChildProgram Verified()
    {
        if (!File.Exists(Engine))
            throw new FileNotFoundException($"A child process can't start: '{Engine}' is missing; add a reference to ActorParallel.Engine so that it is copied beside the program.", Engine);
        if (!File.Exists(Dotnet))
            throw new FileNotFoundException($"A child process can't start: the dotnet host '{Dotnet}' is missing; set DOTNET_HOST_PATH to it.", Dotnet);
        if (!File.Exists(RuntimeConfig))
            throw new FileNotFoundException($"A child process can't start: '{RuntimeConfig}' is missing; deploy the program with the files its build made beside it.", RuntimeConfig);
        if (Deps is not null && !File.Exists(Deps))
            throw new FileNotFoundException($"A child process can't start: '{Deps}' is missing; deploy the program with the files its build made beside it.", Deps);
        return this;
    }

    static ChildProgram Find()
    {
        string library = typeof(ChildProgram).Assembly.Location;
        if (library.Length == 0)
            throw new PlatformNotSupportedException("A child process can't start from a program that was published as a single file; publish it without PublishSingleFile.");

        string? deps = FindDeps();
        string config = deps is null
            ? Path.Combine(AppContext.BaseDirectory, EntryName() + ConfigEnd)
            : string.Concat(deps.AsSpan(0, deps.Length - DepsEnd.Length), ConfigEnd);
        string beside = Path.Combine(Path.GetDirectoryName(library)!, EngineFile);
        string engine = File.Exists(beside) ? beside : Path.Combine(AppContext.BaseDirectory, EngineFile);
        return new ChildProgram(FindDotnet(), engine, config, deps).Verified();
    }

    /// <summary>The host lists the dependency files it used, the program's first, then the frameworks'.</summary>
    static string? FindDeps()
    {
        string listed = AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "";
        foreach (string file in listed.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (file.EndsWith(DepsEnd, StringComparison.OrdinalIgnoreCase)
                && File.Exists(string.Concat(file.AsSpan(0, file.Length - DepsEnd.Length), ConfigEnd)))
                return file;
        }
        string own = Path.Combine(AppContext.BaseDirectory, EntryName() + DepsEnd);
        return File.Exists(own) ? own : null;
    }

    static string EntryName() => Assembly.GetEntryAssembly()?.GetName().Name ?? AppDomain.CurrentDomain.FriendlyName;

    static string FindDotnet()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (System.Environment.ProcessPath is { } path && Path.GetFileName(path).Equals(name, StringComparison.OrdinalIgnoreCase))
            return path;

        // <root>/shared/Microsoft.NETCore.App/<version>/
        string runtime = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        string beside = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", name));
        if (File.Exists(beside))
            return beside;
        if (System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host)
            return host;
        throw new PlatformNotSupportedException($"A child process can't start: no dotnet host was found at '{beside}', as in a program published with its own runtime; publish it framework-dependent or set DOTNET_HOST_PATH.");
    }
}
