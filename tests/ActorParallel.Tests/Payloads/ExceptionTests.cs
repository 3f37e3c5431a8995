using System.Text;
using ActorParallel.Payloads;

namespace ActorParallel.Tests.Payloads;

public sealed class ExceptionTests
{
    private sealed class OrderException(string order, int attempts) : Exception($"order {order} failed")
    {
        private readonly List<int> _codes = [attempts, attempts + 1];

        public string Order { get; } = order;

        public int Sum => _codes.Sum();

        public Exception? Again;
    }

    private sealed class StreamException(Stream stream) : Exception("stream")
    {
        public Stream Stream { get; } = stream;
    }

    private sealed class MuteException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");

        public override System.Collections.IDictionary Data => throw new InvalidOperationException("no data");
    }

    private sealed class Envelope
    {
        public Exception? Error;
        public object? Before;
        public object? After;
    }

    private static Exception Thrown(Exception e)
    {
        try
        {
            throw e;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }

    [Fact]
    public void ArrivesAsItselfWithItsState()
    {
        var before = new OrderException("A7", 3) { HelpLink = "https://example.org", HResult = 77, Source = "shop" };
        before.Data["k"] = 5;
        before.Data["bad"] = new MemoryStream();
        before.Again = before;
        var after = (OrderException)Trip.Of(Thrown(before));
        Assert.Equal(("order A7 failed", "A7", 7, 77), (after.Message, after.Order, after.Sum, after.HResult));
        Assert.Equal(("https://example.org", "shop"), (after.HelpLink, after.Source));
        Assert.Equal(5, after.Data["k"]);
        Assert.Single(after.Data);
        Assert.Same(after, after.Again);
    }

    [Fact]
    public void TheRemoteStackIsKeptWhenThrownAgain()
    {
        Exception after = Trip.Of(Thrown(new InvalidOperationException("x")));
        Assert.Contains(nameof(Thrown), after.StackTrace, StringComparison.Ordinal);
        Exception again = Assert.Throws<InvalidOperationException>((Action)(() => throw after));
        Assert.Contains($"{nameof(ExceptionTests)}.{nameof(Thrown)}", again.ToString(), StringComparison.Ordinal);
        Assert.Contains(nameof(TheRemoteStackIsKeptWhenThrownAgain), again.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(Thrown), Trip.Of(again).StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void InnerExceptionsAndAggregates()
    {
        Exception one = Thrown(new InvalidOperationException("one", Thrown(new ArgumentException("two", "arg"))));
        Exception back = Trip.Of(one);
        Assert.Equal("arg", Assert.IsType<ArgumentException>(back.InnerException).ParamName);
        var all = Assert.IsType<AggregateException>(Trip.Of<Exception>(new AggregateException("all", one, new OrderException("B", 1))));
        Assert.Equal(2, all.InnerExceptions.Count);
        Assert.IsType<OrderException>(all.InnerExceptions[1]);
        Assert.Same(all.InnerException, all.InnerExceptions[0]);
        Assert.StartsWith("all", all.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FrameworkExceptionsLeaveTheirHandlesBehind()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Exception e = Trip.Of<Exception>(new TaskCanceledException("c", null, source.Token));
        Assert.Equal("c", Assert.IsType<TaskCanceledException>(e).Message);
        Assert.IsType<FileNotFoundException>(Trip.Of<Exception>(new FileNotFoundException("m", "f")));
        Assert.IsType<System.Net.Sockets.SocketException>(Trip.Of<Exception>(new System.Net.Sockets.SocketException(5)));
    }

    [Fact]
    public void AFieldThatCannotTravelMakesItRemote()
    {
        var inner = new OrderException("C", 1);
        var e = Assert.IsType<RemoteTaskException>(Trip.Of(Thrown(new StreamException(new MemoryStream()))));
        Assert.Equal("stream", e.Message);
        Assert.EndsWith(nameof(StreamException), e.TypeName, StringComparison.Ordinal);
        Assert.Contains(nameof(Thrown), e.RemoteStackTrace, StringComparison.Ordinal);
        var outer = Assert.IsType<RemoteTaskException>(Trip.Of(new StreamException(new MemoryStream()) { Source = null }.With(inner)));
        Assert.IsType<OrderException>(outer.InnerException);
        Assert.Same(outer.InnerException, Assert.Single(outer.InnerExceptions));
        var twice = Assert.IsType<RemoteTaskException>(Trip.Of<Exception>(outer));
        Assert.Equal(outer.TypeName, twice.TypeName);
        Assert.IsType<OrderException>(Assert.Single(twice.InnerExceptions));
    }

    [Fact]
    public void AMessageThatThrowsIsLeftOut()
    {
        Exception e = Trip.Of<Exception>(new MuteException());
        Assert.True(e is MuteException or RemoteTaskException);
        Assert.Contains("InvalidOperationException", Text(Trip.Bytes<Exception>(new MuteException())), StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingTypeArrivesRemoteAndWhatFollowsIsRead()
    {
        int[] shared = [1, 2];
        var envelope = new Envelope { Before = shared, Error = Thrown(new OrderException("D", 2)), After = shared };
        byte[] bytes = Trip.Bytes(envelope);
        byte[] name = Encoding.ASCII.GetBytes(nameof(OrderException) + ",");
        for (int at = bytes.AsSpan().IndexOf(name); at >= 0; at = bytes.AsSpan().IndexOf(name))
        {
            bytes[at] = (byte)'X';
        }

        Envelope back = Trip.From<Envelope>(bytes);
        var e = Assert.IsType<RemoteTaskException>(back.Error);
        Assert.Contains("XrderException", e.TypeName, StringComparison.Ordinal);
        Assert.DoesNotContain(",", e.TypeName, StringComparison.Ordinal);
        Assert.Equal("order D failed", e.Message);
        Assert.Contains(nameof(Thrown), e.ToString(), StringComparison.Ordinal);
        Assert.Same(back.Before, back.After);
    }

    [Fact]
    public void SharedObjectsOfAnExceptionDontDisturbWhatFollows()
    {
        var order = new OrderException("E", 1);
        order.Data["list"] = new List<int> { 1 };
        var envelope = new Envelope { Before = order, Error = order, After = order.Data["list"] };
        Envelope back = Trip.Of(envelope);
        Assert.Same(back.Before, back.Error);
        Assert.Equal(new List<int> { 1 }, back.After);
    }

    [Fact]
    public void LongChainsOfInnerExceptions()
    {
        Exception e = new InvalidOperationException("0");
        for (int i = 1; i < 1000; i++)
        {
            e = new InvalidOperationException($"{i}", e);
        }

        Assert.Equal("0", Trip.Of(e).GetBaseException().Message);
    }

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}

file static class ExceptionExtensions
{
    public static Exception With(this Exception e, Exception inner)
    {
        ExceptionParts.Inner(e) = inner;
        return e;
    }
}
