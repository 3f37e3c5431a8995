using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ActorParallel.Functions;
using ActorParallel.Payloads;

namespace ActorParallel.Tests.Functions;

/// <summary>Functions are found by their module's build, never by a name that another build could give to something else.</summary>
public sealed class FunctionModuleTests
{
    static string Here => typeof(FunctionModuleTests).Assembly.Location;

    [Fact]
    public void AnotherBuildIsRefusedBeforeAnythingRuns()
    {
        int captured = 1;
        byte[] bytes = Trip.Write(() => captured);
        var mine = typeof(FunctionModuleTests).Module.ModuleVersionId;
        var other = Guid.NewGuid();
        int at = bytes.AsSpan().IndexOf(mine.ToByteArray());
        other.ToByteArray().CopyTo(bytes, at);
        var e = Assert.Throws<ShippingException>(() => Trip.Read(bytes));
        Assert.Contains(mine.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Contains(other.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Contains(Here, e.Message, StringComparison.Ordinal);
        Assert.Contains("start both sides from the same build", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingAssemblyIsNamed()
    {
        using var writer = PayloadWriter.Rent();
        FunctionDefinition.Of(() => 1).Write(writer);
        byte[] bytes = writer.ToArray();
        int at = bytes.AsSpan().IndexOf("ActorParallel.Tests"u8);
        "No"u8.CopyTo(bytes.AsSpan(at));
        Guid.NewGuid().ToByteArray().CopyTo(bytes, bytes.AsSpan().IndexOf(typeof(FunctionModuleTests).Module.ModuleVersionId.ToByteArray()));
        var e = Assert.Throws<ShippingException>(() => Trip.Read(bytes));
        Assert.Contains("NotorParallel.Tests", e.Message, StringComparison.Ordinal);
        Assert.Contains(AppContext.BaseDirectory, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALoadContextsOwnCopyComesFirstAndUnloads()
    {
        var weak = RunInAContext();
        for (int i = 0; weak.IsAlive && i < 50; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(weak.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference RunInAContext()
    {
        int captured = 20;
        byte[] plain = Trip.Write((int x) => x + 1), closure = Trip.Write((int x) => x + captured);
        var context = new AssemblyLoadContext("copy", isCollectible: true);
        context.LoadFromAssemblyPath(Here);
        using (context.EnterContextualReflection())
        {
            foreach (var (bytes, result) in new[] { (plain, 2), (closure, 21) })
            {
                var function = Assert.IsType<Func<int, int>>(Trip.Read(bytes));
                Assert.Equal(context, AssemblyLoadContext.GetLoadContext(function.Method.Module.Assembly));
                Assert.Equal(result, function(1));
                Assert.Same(FunctionDefinition.Of(function), FunctionDefinition.Of(function));
                Assert.Equal(result, ((Func<int, int>)Trip.Read(Trip.Write(function)))(1));
            }
        }

        Assert.Equal(2, ((Func<int, int>)Trip.Read(plain))(1));
        context.Unload();
        return new WeakReference(context);
    }

    [Fact]
    public void AClosureHandedToOtherCodeTravelsWhole()
    {
        Assert.Equal("a", Trip.Reads(Emitted(escapes: false)));
        Assert.Equal("a b", Trip.Reads(Emitted(escapes: true)));
    }

    /// <summary>A lambda that no C# compiler would make, in a closure with the fields a and b.</summary>
    static Func<int> Emitted(bool escapes)
    {
        string name = $"Emitted{escapes}";
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        var outer = assembly.DefineDynamicModule(name).DefineType("Outer", TypeAttributes.Public);
        var closure = outer.DefineNestedType("<>c__DisplayClass0_0", TypeAttributes.NestedPrivate | TypeAttributes.Sealed);
        closure.SetCustomAttribute(new CustomAttributeBuilder(typeof(CompilerGeneratedAttribute).GetConstructor([])!, []));
        var a = closure.DefineField("a", typeof(int), FieldAttributes.Public);
        closure.DefineField("b", typeof(int), FieldAttributes.Public);
        var take = outer.DefineMethod("Take", MethodAttributes.Public | MethodAttributes.Static, typeof(int), [closure]);
        var il = take.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, a);
        il.Emit(OpCodes.Ret);
        il = closure.DefineMethod("<M>b__0", MethodAttributes.Assembly, typeof(int), []).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        if (escapes) il.Emit(OpCodes.Call, take);
        else il.Emit(OpCodes.Ldfld, a);
        il.Emit(OpCodes.Ret);
        outer.CreateType();
        closure.CreateType();
        string path = Path.Combine(AppContext.BaseDirectory, name + ".dll");
        assembly.Save(path);
        var loaded = new AssemblyLoadContext(name).LoadFromAssemblyPath(path).GetType("Outer+<>c__DisplayClass0_0", throwOnError: true)!;
        return loaded.GetMethod("<M>b__0", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<int>>(RuntimeHelpers.GetUninitializedObject(loaded));
    }

    [Fact]
    public void OurOwnWrappersAreTransparentInPaths()
    {
        int captured = 1;
        Func<int> function = () => captured;
        var watcher = new Watcher();
        using var writer = PayloadWriter.Rent();
        FunctionDefinition.Of(function).WriteCaptures(writer, function, watcher);
        var captures = FunctionDefinition.Of(watcher.Write!).Captures;
        Assert.NotEmpty(captures);
        Assert.All(captures, c => Assert.Equal("", c.Path));
        Assert.All(FunctionDefinition.Of(function).Captures, c => Assert.Equal("captured", c.Path));
    }

    [Fact]
    public void DeepChainsOfFunctionsAreRefusedNotFatal()
    {
        static Func<int> Chain(int depth)
        {
            Func<int> function = () => 0;
            for (int i = 0; i < depth; i++)
            {
                var inner = function;
                function = () => inner() + 1;
            }

            return function;
        }

        Assert.Equal(200, Trip.Of(Chain(200))());
        var e = Assert.Throws<ShippingException>(() => Trip.Write(Chain(200_000)));
        Assert.Contains("too deeply", e.Message, StringComparison.Ordinal);
        Assert.InRange(e.Message.Length, 1, 2000);
    }

    [Fact]
    public void NothingKeepsTheCallersClosureAlive()
    {
        var weak = Use();
        for (int i = 0; weak.IsAlive && i < 50; i++) GC.Collect();
        Assert.False(weak.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Use()
        {
            byte[] big = new byte[1000];
            int assigned = 0;
            Action onlyAssigns = () => assigned = 1;
            Func<int> reads = () => big.Length + assigned;
            Trip.Of(onlyAssigns)();
            Trip.Of(reads)();
            Shipping.Explain(reads);
            return new WeakReference(big);
        }
    }

    sealed class Watcher : ICaptureObserver
    {
        public Action<PayloadWriter>? Write { get; private set; }

        public void Value(string name, Type type, PayloadWriter writer, Action<PayloadWriter> write) => Write = write;
    }
}
