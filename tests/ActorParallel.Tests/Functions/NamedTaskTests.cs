using System.Runtime.Loader;
using ActorParallel.Functions;

namespace ActorParallel.Tests.Functions;

/// <summary>Methods called by name across builds. This assembly is the engine's own; the clients' are compiled here.</summary>
public sealed class NamedTaskTests
{
    [ParallelTask("test-scale")]
    static int Scale(int x) => 10 * x;

    [ParallelTask("test-scale")]
    static string Scale(string x) => x + "0";

    [ParallelTask("test-twice")]
    static int One(int x) => x;

    [ParallelTask("test-twice")]
    static int Another(int x) => -x;

    [ParallelTask("test-instance")]
    int Instance() => GetHashCode();

    [ParallelTask("test-generic")]
    static T Generic<T>(T x) => x;

    [ParallelTask("test-late")]
    static async Task<int> Late(int x)
    {
        await Task.Yield();
        return x + 1;
    }

    const string Client = """
        using ActorParallel;
        public record Own(int X);
        public static class Entry
        {
            [ParallelTask("test-scale")] public static int Scale(int x) => throw new Exception("the client's");
            [ParallelTask("test-twice")] public static int Twice(int x) => x;
            [ParallelTask("test-scale")] public static double Scale(double x) => x * 1000;
            [ParallelTask("test-own")] public static Own Make(int x) => new(x);
            public static Func<int, int> GetScale() => Scale;
            public static Func<double, double> GetDouble() => Scale;
            public static Func<int, int> GetTwice() => Twice;
            public static object GetMake() => (Func<int, Own>)Make;
        }
        """;

    static Compiled Program() => new Compiled().Add("Named", Client);

    [Fact]
    public async Task TheEnginesOwnMethodRunsWhateverTheClientsBuild()
    {
        foreach (var sets in new[] { new CodeSets(null), new CodeSets(new CodeStore(Shipment.NewFolder())) })
        {
            using var shipment = new Shipment(sets);
            var there = await shipment.ToEngineAsync(Program().Get<Func<int, int>>("Named", "GetScale"));
            Assert.Equal(30, there(3));
            Assert.Equal(typeof(NamedTaskTests), there.Method.DeclaringType);
            Assert.Empty(shipment.Wire.Found);
        }
    }

    [Fact]
    public async Task WhatTheEngineLacksIsSentWhereThatIsAllowed()
    {
        var program = Program();
        var function = program.Get<Func<double, double>>("Named", "GetDouble");
        using (var open = new Shipment())
        {
            Assert.Equal(2000, (await open.ToEngineAsync(function))(2));
            Assert.Equal(["Named"], open.Wire.Sent);
            var make = await open.ToEngineAsDelegateAsync(program.Get<Delegate>("Named", "GetMake"));
            Assert.Equal("Own { X = 4 }", make.DynamicInvoke(4)!.ToString());
            Assert.Same(open.Lease!.Set.Context, AssemblyLoadContext.GetLoadContext(make.Method.Module.Assembly));
        }

        using var closed = new Shipment(new CodeSets(null));
        var e = await Assert.ThrowsAsync<ShippingException>(() => closed.ToEngineAsync(function));
        Assert.Contains("\"test-scale\"", e.Message, StringComparison.Ordinal);
        Assert.Contains("takes (Double) and returns Double", e.Message, StringComparison.Ordinal);
        Assert.Contains("NamedTaskTests.Scale(Int32) of ActorParallel.Tests", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<ShippingException>(() => closed.ToEngineAsDelegateAsync(program.Get<Delegate>("Named", "GetMake")));
        Assert.Contains("The type Own of assembly Named", e.Message, StringComparison.Ordinal);
        Assert.Contains("allow-code-shipping = off", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneNameForTwoMethodsIsRefusedOnBothSides()
    {
        foreach (var e in new[] { Trip.Refused((Func<int, int>)One), Trip.Refused((Func<int, int>)Another) })
        {
            Assert.Contains("test-twice", e.Message, StringComparison.Ordinal);
            Assert.Contains("NamedTaskTests.One(Int32) of ActorParallel.Tests and NamedTaskTests.Another(Int32) of ActorParallel.Tests", e.Message, StringComparison.Ordinal);
        }

        using var shipment = new Shipment();
        var there = await Assert.ThrowsAsync<ShippingException>(() => shipment.ToEngineAsync(Program().Get<Func<int, int>>("Named", "GetTwice")));
        Assert.Contains("more than one method", there.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyStaticMethodsWithoutTypeParametersHaveNames()
    {
        Assert.Contains("static and not generic", Trip.Refused((Func<int>)Instance).Message, StringComparison.Ordinal);
        Assert.Contains("static and not generic", Trip.Refused((Func<int, int>)Generic).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ParallelTaskAttribute(" "));
        Assert.Throws<ArgumentNullException>(() => new ParallelTaskAttribute(null!));
        Assert.Equal("x", new ParallelTaskAttribute("x").Name);
    }

    [Fact]
    public async Task ByNameInTheSameBuildToo()
    {
        Assert.Equal(20, Trip.Of((Func<int, int>)Scale)(2));
        Assert.Equal("20", Trip.Of((Func<string, string>)Scale)("2"));
        Assert.Equal("50", Trip.Of((Func<string>)"5".GetScaled)());
        Assert.Equal(3, await Trip.Of((Func<int, Task<int>>)Late)(2));
        Assert.Equal("test-late", FunctionDefinition.Of((Func<int, Task<int>>)Late).TaskName);
        Assert.Null(FunctionDefinition.Of((int x) => Scale(x)).TaskName);
    }

    [Fact]
    public void AnAssemblyInMemoryHasNamedTasksToo()
    {
        var assembly = new AssemblyLoadContext("memory").LoadFromStream(new MemoryStream(Compiled.Compile("NamedInMemory", Client, [])));
        var function = (Func<int, int>)assembly.GetType("Entry")!.GetMethod("GetScale")!.Invoke(null, [])!;
        Assert.Equal(30, ((Func<int, int>)Trip.Read(Trip.Write(function)))(3));
        Assert.NotEqual(Guid.Empty, new CodeSource().ProgramOf(FunctionDefinition.Of(function)));
    }
}

static class NamedExtensions
{
    [ParallelTask("test-closed")]
    public static string GetScaled(this string x) => x + "0";
}
