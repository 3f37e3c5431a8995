using System.Reflection;
using System.Runtime.Loader;
using ActorParallel.Functions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ActorParallel.Tests.Functions;

/// <summary>A client's program of a few assemblies that this process's own program doesn't have, compiled into a folder of its own.</summary>
sealed class Compiled
{
    static readonly MetadataReference[] s_own =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetDirectoryName(p) == Path.GetDirectoryName(typeof(object).Assembly.Location) || Path.GetFileName(p) is "ActorParallel.dll" or "MessagePack.dll" or "MessagePack.Annotations.dll")
            .Select(p => MetadataReference.CreateFromFile(p))];

    readonly Context _context;

    public Compiled(bool collectible = false)
    {
        Folder = Directory.CreateTempSubdirectory("ap-code").FullName;
        _context = new(Folder, collectible);
    }

    public string Folder { get; }

    public AssemblyLoadContext Loaded => _context;

    /// <summary>Compiles sources into a file; the program's earlier files can be used.</summary>
    public Compiled Add(string name, string source)
    {
        Compile(name, source, Directory.GetFiles(Folder, "*.dll"), Path.Combine(Folder, name + ".dll"));
        return this;
    }

    public static byte[] Compile(string name, string source, string[] references, string? file = null)
    {
        var tree = CSharpSyntaxTree.ParseText("using System; using System.Collections.Generic; using System.Linq; using System.Threading.Tasks;\n" + source, cancellationToken: TestContext.Current.CancellationToken);
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, deterministic: false);
        var compilation = CSharpCompilation.Create(name, [tree], [.. s_own, .. references.Select(r => MetadataReference.CreateFromFile(r))], options);
        using var image = new MemoryStream();
        var result = compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        if (file is not null) File.WriteAllBytes(file, image.ToArray());
        return image.ToArray();
    }

    public Assembly Load(string name) => _context.LoadFromAssemblyName(new AssemblyName(name));

    public Guid Build(string name) => Load(name).ManifestModule.ModuleVersionId;

    /// <summary>What a static method of a type in an assembly returns: a function to ship, most often.</summary>
    public T Get<T>(string assembly, string method, params object?[] arguments) =>
        (T)Load(assembly).GetType("Entry", throwOnError: true)!.GetMethod(method, BindingFlags.Static | BindingFlags.Public)!.Invoke(null, arguments)!;

    sealed class Context(string folder, bool collectible) : AssemblyLoadContext("client", collectible)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            string path = Path.Combine(folder, assemblyName.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}

/// <summary>The way between a client and an engine, in one process: all that goes over it is bytes.</summary>
sealed class CodeWire(CodeSource source) : ICodeClient
{
    public List<string> Found { get; } = [];

    public List<string> Sent { get; } = [];

    public Func<byte[], byte[]> Spoil { get; set; } = static bytes => bytes;

    public Task<CodeBundle> FindAsync(Guid program, string assembly, Guid? build, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (Found) Found.Add(assembly);
        return Task.FromResult(CodeBundle.Read(source.Find(program, assembly, build).ToArray()));
    }

    public async Task<ReadOnlyMemory<byte>> ImageAsync(CodeItem item, CancellationToken cancel)
    {
        await Task.Yield();
        lock (Sent) Sent.Add(item.Name);
        return Spoil(source.Image(item.Build));
    }
}

/// <summary>A client's program and an engine that doesn't have it.</summary>
sealed class Shipment : IDisposable
{
    public Shipment(CodeSets? sets = null)
    {
        Source = new CodeSource();
        Wire = new CodeWire(Source);
        Sets = sets ?? new CodeSets(new CodeStore(NewFolder()), keepIdle: 0);
    }

    public CodeSource Source { get; }

    public CodeWire Wire { get; }

    public CodeSets Sets { get; }

    public CodeLease? Lease { get; private set; }

    public static string NewFolder() => Directory.CreateTempSubdirectory("ap-store").FullName;

    /// <summary>The function as the engine reads it.</summary>
    public async Task<T> ToEngineAsync<T>(T function) where T : Delegate
    {
        var program = Source.ProgramOf(FunctionDefinition.Of(function));
        Lease ??= Sets.Open(program);
        Assert.Equal(program, Lease.Set.Program);
        byte[] bytes = Trip.Write(function);
        return (T)await Lease.ReadAsync(() => Trip.Read(bytes), Wire, TestContext.Current.CancellationToken);
    }

    public async Task<Delegate> ToEngineAsDelegateAsync(Delegate function)
    {
        Lease ??= Sets.Open(Source.ProgramOf(FunctionDefinition.Of(function)));
        byte[] bytes = Trip.Write(function);
        return await Lease.ReadAsync(() => Trip.Read(bytes), Wire, TestContext.Current.CancellationToken);
    }

    /// <summary>A value as the engine reads it.</summary>
    public Task<T> ValueToEngineAsync<T>(T value)
    {
        byte[] bytes = Trip.ValueBytes(value);
        return Lease!.ReadAsync(() => Trip.ReadValue<T>(bytes), Wire, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        Lease?.Dispose();
        Sets.Dispose();
    }
}
