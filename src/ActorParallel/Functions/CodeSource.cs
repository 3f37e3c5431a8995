using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ActorParallel.Functions;

/// <summary>
/// A client's side of code shipping: which program a function belongs to, what an assembly needs with it, and its bytes. Answers what
/// engines ask; nothing is read or hashed before they do. Thread-safe.
/// </summary>
internal sealed class CodeSource
{
    readonly Lock _gate = new();
    readonly List<CodeProgram> _programs = [];
    readonly Dictionary<Guid, ProgramAssembly> _builds = [];
    readonly ConditionalWeakTable<FunctionDefinition, CodeProgram> _known = [];

    /// <summary>This process's.</summary>
    public static CodeSource Shared { get; } = new();

    /// <inheritdoc cref="CodeImages.Register"/>
    public static void Register(Assembly assembly, ReadOnlyMemory<byte> image) => CodeImages.Register(assembly, image);

    /// <summary>The program whose code set an engine must read the function and its values in.</summary>
    /// <exception cref="ShippingException">An assembly of the function has no bytes to send.</exception>
    public Guid ProgramOf(FunctionDefinition definition)
    {
        if (_known.TryGetValue(definition, out var known)) return known.Id;
        var home = AssemblyLoadContext.GetLoadContext(definition.Method.Module.Assembly);
        // A named task needs no bytes of its own while the engine has one of that name.
        IEnumerable<Assembly> roots = definition.Assemblies.Where(a => definition.TaskName is null || FunctionRefusals.WhyAssembly(a) is null);
        var closure = ProgramReferences.Closure(roots);
        // A method of the framework belongs to whatever runs it.
        if (OwnProgram.Contains(closure)) closure = [.. OwnProgram.Assemblies];
        lock (_gate)
        {
            if (_programs.Count == 0) BeginWithOwn();
            var program = _programs.Find(p => p.Fits(closure));
            if (program is null) _programs.Add(program = new CodeProgram(closure));
            Add(program, closure, home);
            return _known.GetValue(definition, _ => program).Id;
        }
    }

    /// <summary>Whatever is sent first, what is loaded later joins the process's own program: engines of that program have most of it and need not wait.</summary>
    void BeginWithOwn()
    {
        if (OwnProgram.Assemblies.Count == 0) return;
        var own = new CodeProgram(OwnProgram.Assemblies);
        _programs.Add(own);
        Add(own, [.. OwnProgram.Assemblies], AssemblyLoadContext.Default);
    }

    /// <summary>Answers an engine that lacks an assembly: what it is, with all it refers to.</summary>
    /// <param name="program">The program the engine reads for.</param>
    /// <param name="assembly">The simple name.</param>
    /// <param name="build">The build, where the engine knows it.</param>
    /// <exception cref="ShippingException">It can't be sent; the message is for the task's caller.</exception>
    public CodeBundle Find(Guid program, string assembly, Guid? build)
    {
        CodeProgram? found;
        ProgramAssembly? known;
        lock (_gate)
        {
            found = _programs.Find(p => p.Id == program);
            known = found?.Find(assembly);
        }

        if (found is null) throw new ShippingException($"An engine asked for {assembly} of a program ({program}) that this client never sent; connect again.");
        if (known is null || (build is { } wanted && known.Build != wanted)) known = Discover(found, assembly, build);
        List<ProgramAssembly> needed;
        lock (_gate) needed = found.With(known);
        // Files are read and hashed here: nobody who submits waits for that.
        return new CodeBundle(needed.ConvertAll(static a => a.Item));
    }

    /// <summary>An assembly's bytes, as a bundle of this source described them.</summary>
    /// <exception cref="ShippingException">No bundle did, or the file was changed since.</exception>
    public byte[] Image(Guid build)
    {
        ProgramAssembly? found;
        lock (_gate) found = _builds.GetValueOrDefault(build);
        return found?.Read() ?? throw new ShippingException($"An engine asked for an assembly of build {build} that this client never named; connect again.");
    }

    /// <summary>The assemblies that a type's name names.</summary>
    public static IEnumerable<Assembly> AssembliesOf(Type type)
    {
        while (type.HasElementType) type = type.GetElementType()!;
        return type.IsConstructedGenericType ? [type.Assembly, .. type.GetGenericArguments().SelectMany(AssembliesOf)] : [type.Assembly];
    }

    /// <summary>A value's type can be of an assembly that no function refers to.</summary>
    ProgramAssembly Discover(CodeProgram program, string name, Guid? build)
    {
        var candidates =
            from candidate in AppDomain.CurrentDomain.GetAssemblies()
            where candidate.GetName().Name == name && (build is null || candidate.ManifestModule.ModuleVersionId == build)
            let home = AssemblyLoadContext.GetLoadContext(candidate)
            where home is not CodeContext
            orderby program.IsHome(home) descending, home == AssemblyLoadContext.Default descending
            select (Assembly: candidate, Home: home);
        var (assembly, context) = candidates.FirstOrDefault();
        if (assembly is null && OwnAssemblies.Load(name) is { } own && (build is null || own.ManifestModule.ModuleVersionId == build)) assembly = own;
        if (assembly is null)
        {
            string which = build is { } id ? $"{name} (build {id})" : name;
            throw new ShippingException($"{which} is not loaded in this client any more, so an engine can't have it; keep it loaded while its tasks run.");
        }

        if (OwnAssemblies.IsCore(name)) throw new ShippingException($"{name} is part of ActorParallel or what it stands on and doesn't travel; install it beside the engine.");
        if (ProgramReferences.Stays(name, assembly.Location))
        {
            string framework = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(assembly.Location))) ?? ".NET";
            throw new ShippingException(
                $"{name} belongs to the framework {framework}, which doesn't travel and which the engine was started without; start the engines with it, or leave its types out of tasks.");
        }

        var closure = ProgramReferences.Closure([assembly]);
        lock (_gate)
        {
            Add(program, closure, context == AssemblyLoadContext.Default ? context : null);
            return program.Find(name) is { } added && (build is null || added.Build == build) ? added
                : throw new ShippingException($"This client has two builds of {name} in one program; load one of them only.");
        }
    }

    void Add(CodeProgram program, List<ProgramAssembly> closure, AssemblyLoadContext? home)
    {
        program.Add(closure, home);
        foreach (var assembly in closure) _builds.TryAdd(assembly.Build, assembly);
    }
}
