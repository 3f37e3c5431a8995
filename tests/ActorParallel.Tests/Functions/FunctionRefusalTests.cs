using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using ActorParallel.Functions;

namespace ActorParallel.Tests.Functions;

/// <summary>What can't travel is refused at the call, by name, with what to do instead.</summary>
public sealed class FunctionRefusalTests
{
    readonly object _connection = new MemoryStream();

    static void Says(ShippingException e, params string[] parts)
    {
        foreach (string part in parts) Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("<>", e.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null() => Assert.Throws<ArgumentNullException>(() => FunctionDefinition.Of(null!));

    [Fact]
    public void Multicast()
    {
        Action both = () => { };
        both += () => { };
        Says(Trip.Refused(both), "combines 2 functions", "pass a lambda that calls them");
    }

    [Fact]
    public void CompiledExpressions()
    {
        Expression<Func<int, int>> tree = x => x + 1;
        Says(Trip.Refused(tree.Compile()), "compiled expression", "pass a lambda");
        Says(Trip.Refused(tree.Compile(preferInterpretation: true)), "compiled expression");
        var method = new DynamicMethod("made", typeof(int), []);
        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Ret);
        Says(Trip.Refused(method.CreateDelegate<Func<int>>()), "made at run time");
    }

    [Fact]
    public void AsyncVoid()
    {
        Action<int> lambda = async x => await Task.Delay(x);
        Says(Trip.Refused(lambda), "The lambda in FunctionRefusalTests.AsyncVoid is async void", "return a Task");
    }

    [Fact]
    public void AssembliesWithoutAFile()
    {
        var builder = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Made"), AssemblyBuilderAccess.RunAndCollect);
        var type = builder.DefineDynamicModule("Made").DefineType("T", TypeAttributes.Public);
        var il = type.DefineMethod("One", MethodAttributes.Public | MethodAttributes.Static, typeof(int), []).GetILGenerator();
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Ret);
        Says(Trip.Refused(type.CreateType().GetMethod("One")!.CreateDelegate<Func<int>>()), "T.One is in Made", "at run time", "into a file");

        var context = new AssemblyLoadContext("memory", isCollectible: true);
        using var image = new MemoryStream(File.ReadAllBytes(typeof(FunctionRefusalTests).Assembly.Location));
        var copy = context.LoadFromStream(image).GetType(typeof(Extensions).FullName!)!.GetMethod(nameof(Extensions.OrNull))!;
        Says(Trip.Refused(copy.CreateDelegate<Func<string?, string>>()), "loaded from memory", "load it from its file");
        context.Unload();
    }

    [UnmanagedCallersOnly]
    static int Exported(int x) => x;

    [Fact]
    public unsafe void NativeFunctions()
    {
        delegate* unmanaged<int, int> pointer = &Exported;
        var native = Marshal.GetDelegateForFunctionPointer<Native>((nint)pointer);
        Assert.Equal(3, native(3));
        Says(Trip.Refused(native), "native code (Native)", "from a lambda");
    }

    [Fact]
    public void CapturedValuesByTheirNames()
    {
        using var stream = new MemoryStream();
        using var source = new CancellationTokenSource();
        var token = source.Token;
        var task = Task.FromResult(1);
        var lazy = Enumerable.Range(0, 3).Where(x => x > 1);
        var services = new Services();
        var jobs = new[] { new Job(null), new Job(stream) };
        int fine = 1;
        Says(Trip.Refused(() => stream.Length + fine, "stream"), "stream: ", "MemoryStream");
        Says(Trip.Refused(() => source.IsCancellationRequested, "source"), "CancellationTokenSource", "TaskContext.Current.CancellationToken");
        Says(Trip.Refused(() => token.IsCancellationRequested, "token"), "TaskContext.Current.CancellationToken");
        Says(Trip.Refused(async () => await task, "task"), "Task");
        Says(Trip.Refused(() => lazy.Count(), "lazy"), "ToArray()");
        Says(Trip.Refused(() => services.GetService(typeof(int)), "services"), "Services");
        Says(Trip.Refused(() => jobs.Length, "jobs[1].Input"), "MemoryStream");
    }

    [Fact]
    public void MembersOfThis()
    {
        int local = 1;
        Says(Trip.Refused(() => _connection.GetHashCode(), "this._connection"), "MemoryStream");
        Says(Trip.Refused(() => _connection.GetHashCode() + local, "this._connection"), "MemoryStream");
    }

    [Fact]
    public unsafe void CapturedPointers()
    {
        int* pointer = null;
        delegate*<int> function = null;
        Says(Trip.Refused(() => *pointer, "pointer"), "Int32*", "pass what it points to");
        Says(Trip.Refused(() => function(), "function"), "pass what it points to");
    }

    [Fact]
    public void OpenIterators()
    {
        static IEnumerable<int> Numbers()
        {
            yield return 1;
        }

        var open = Numbers().GetEnumerator();
        var sequence = Numbers();
        Trip.Refused(() => open.MoveNext(), "open");
        Trip.Refused(() => sequence.First(), "sequence");
    }

    delegate int Native(int x);

    sealed record Job(Stream? Input);

    sealed class Services : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
