using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorParallel.Payloads;

namespace ActorParallel.Tests.Payloads;

#pragma warning disable CA2263 // A lock as an object is what is tested.
public sealed class RefusalTests
{
    private sealed record Input(string Name, Stream? Stream);

    private sealed record Job(Input Input);

    private record struct Wire(string Name, object Connection);

    private sealed class MyStream : MemoryStream;

    private sealed class Services : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    private unsafe struct Pointed
    {
        public int* At { get; set; }
    }

    public static TheoryData<object, string> Unshippable() => new()
    {
        { new MyStream(), "path" },
        { new StringReader("x"), "text" },
        { Task.CompletedTask, "await" },
        { Task.FromResult(1), "await" },
        { new ValueTask<int>(1), "await" },
        { new TaskCompletionSource<int>(), "await" },
        { new CancellationTokenSource(), "TaskContext" },
        { new CancellationTokenSource().Token, "TaskContext" },
        { new Thread(() => { }), "thread" },
        { new Timer(_ => { }), "timer" },
        { new SemaphoreSlim(1), "lock" },
        { new Mutex(), "lock" },
        { new ManualResetEvent(false), "lock" },
        { Activator.CreateInstance(typeof(Lock))!, "lock" },
        { new Microsoft.Win32.SafeHandles.SafeFileHandle(), "operating system" },
        { GCHandle.FromIntPtr(1), "operating system" },
        { new Services(), "inside the task" },
        { new HttpClient(), "HttpClient" },
        { new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), "connect" },
        { Process.GetCurrentProcess(), "id" },
        { new Lazy<int>(1), "Value" },
        { new WeakReference("x"), "target" },
        { new WeakReference<string>("x"), "target" },
        { typeof(int).Assembly, "name" },
        { typeof(string).GetMethods()[0], "delegate" },
        { new BlockingCollection<int>(), "array" },
        { new ThreadLocal<int>(), "value" },
        { System.Runtime.Loader.AssemblyLoadContext.Default, "inside the task" },
    };

    [Theory]
    [MemberData(nameof(Unshippable), DisableDiscoveryEnumeration = true)]
    public void IsRefusedWithAdvice(object value, string advice)
    {
        ShippingException e = Trip.Refused(value);
        Assert.Contains(advice, e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
        Assert.Equal("[0].Item2", Trip.Refused(new List<(int, object)> { (1, value) }).Path);
    }

    [Fact]
    public void DatabaseConnectionsAreRefusedByTheirBase() =>
        Assert.Contains("connection string", Refusals.Advice(typeof(DbConnection)), StringComparison.Ordinal);

    [Fact]
    public void PointersAreRefused() => Assert.Contains("points into", Trip.Refused(new Pointed()).Message, StringComparison.Ordinal);

    [Fact]
    public void ActorsAreRefused() => Assert.Contains("tell it", Trip.Refused(Akka.Actor.ActorRefs.Nobody).Message, StringComparison.Ordinal);

    [Fact]
    public void ThePathNamesTheWay()
    {
        Assert.Equal("Input.Stream", Trip.Refused(new Job(new Input("x", new MemoryStream()))).Path);
        Assert.Equal("[3].Connection", Trip.Refused(new Wire[] { new("", 1), new("", 1), new("", 1), new("", new MemoryStream()) }).Path);
        Assert.Equal("[\"k\"].Stream", Trip.Refused(new Dictionary<string, Input> { ["a"] = new("x", null), ["k"] = new("x", new MemoryStream()) }).Path);
        Assert.Equal("[1, 0]", Trip.Refused(new object?[,] { { null }, { new MemoryStream() } }).Path);
        using PayloadWriter writer = PayloadWriter.Rent();
        writer.Enter("job");
        Assert.Equal("job.Input.Stream", Assert.Throws<ShippingException>(() => writer.Write(new Job(new Input("", new MemoryStream())))).Path);
    }

    [Fact]
    public void TheWayIsNamedByCompiledCodeToo()
    {
        for (int i = 0; i < 40; i++)
        {
            Trip.Same(new Job(new Input("x", null)));
            Assert.Equal("Input.Stream", Trip.Refused(new Job(new Input("x", new MemoryStream()))).Path);
        }
    }

    [Fact]
    public void AWriterIsGoodAfterARefusal()
    {
        Trip.Refused(new List<object> { new MemoryStream() });
        Trip.Same(5);
        Trip.Same("x");
    }

    [Fact]
    public void NullsAndNonesOfSuchTypesTravel()
    {
        Assert.Null(Trip.Of<Stream?>(null));
        Assert.Equal(CancellationToken.None, Trip.Of(CancellationToken.None));
        Assert.Null(Trip.Of(new Input("x", null)).Stream);
    }
}
