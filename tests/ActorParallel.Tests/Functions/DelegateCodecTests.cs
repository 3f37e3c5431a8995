using ActorParallel.Functions;
using ActorParallel.Payloads;

namespace ActorParallel.Tests.Functions;

/// <summary>Delegates inside values and inside the captures of other functions.</summary>
public sealed class DelegateCodecTests
{
    Func<int>? _callback;
    int _member = 3;

    int Member() => _member;

    [Fact]
    public void NullAndTheRestOfAValue()
    {
        Assert.Null(Trip.Value<Func<int>?>(null));
        var (nothing, sum, text) = Trip.Value<(Action?, Func<int, int, int>, string)>((null, (x, y) => x + y, "after"));
        Assert.Null(nothing);
        Assert.Equal(3, sum(1, 2));
        Assert.Equal("after", text);
    }

    [Fact]
    public void ACapturedDelegateTravelsWithWhatItReads()
    {
        int read = 2, unread = 3;
        using var stream = new MemoryStream();
        Func<int, int> inner = x => x * read;
        Func<long> other = () => unread + stream.Length;
        Func<int, int> outer = x => inner(x) + 1;
        Assert.Equal(7, Trip.Of(outer)(3));
        Assert.Equal(3, other());
    }

    [Fact]
    public void AFunctionThatCapturesItself()
    {
        Func<int, int> factorial = null!;
        factorial = n => n <= 1 ? 1 : n * factorial(n - 1);
        Assert.Equal(120, Trip.Of(factorial)(5));
        Assert.Equal(120, Trip.Value(factorial)(5));
    }

    [Fact]
    public void TwoFunctionsThatCaptureEachOther()
    {
        int step = 1;
        Func<int, bool> even = null!, odd = null!;
        even = n => n == 0 || odd(n - step);
        odd = n => n != 0 && even(n - step);
        Assert.True(Trip.Of(even)(10));
        Assert.True(Trip.Of(odd)(7));
        var pair = Trip.Value(new[] { even, odd });
        Assert.False(pair[0](7));
        Assert.Same(pair[0].Target, pair[1].Target);
    }

    [Fact]
    public void DelegatesOfOneScopeShareItsVariablesOnTheOtherSide()
    {
        int counter = 10;
        string onlyFirst = "first", onlySecond = "second";
        Func<string> first = () => onlyFirst + ++counter, second = () => onlySecond + ++counter;
        Action reset = () => counter = 0;
        var copies = Trip.Value((first, second, reset));
        Assert.Equal("first11", copies.first());
        Assert.Equal("second12", copies.second());
        Assert.Equal(10, counter);
        // What only assigns a shared variable captures nothing: it gets a closure of its own.
        copies.reset();
        Assert.Equal("first13", copies.first());
    }

    [Fact]
    public void DelegatesOfNestedScopesAddWhatIsMissing()
    {
        int outer = 1, outerToo = 2;
        Func<int> a = null!, b = null!, c = () => outerToo;
        {
            int inner = 10, innerToo = 20;
            a = () => outer + inner;
            b = () => outerToo + innerToo;
        }

        var copies = Trip.Value(new[] { a, b, c });
        Assert.Equal([11, 22, 2], copies.Select(f => f()));
        Assert.Same(copies[0].Target, copies[1].Target);
    }

    [Fact]
    public void OneDelegateStaysOneDelegate()
    {
        int captured = 1;
        Func<int> function = () => captured++;
        var copies = Trip.Value(new[] { function, function });
        Assert.Same(copies[0], copies[1]);
        object sameObject = Trip.Value<object[]>([function, function])[1];
        Assert.Equal(1, ((Func<int>)sameObject)());
    }

    [Fact]
    public void ADefinitionIsWrittenOnceInAPayload()
    {
        var functions = Enumerable.Range(0, 100).Select(i => (Func<int>)(() => i)).ToArray();
        using var writer = PayloadWriter.Rent();
        writer.Write(functions[..1]);
        long one = writer.Length;
        writer.Reset();
        writer.Write(functions);
        Assert.InRange(writer.Length, one, one + 99 * 12);
        Assert.Equal(Enumerable.Range(0, 100), Trip.Value(functions).Select(f => f()));
    }

    [Fact]
    public void AnObjectWhoseMemberLeadsBackToIt()
    {
        _callback = Member;
        var copy = Trip.Value(_callback);
        var target = Assert.IsType<DelegateCodecTests>(copy.Target);
        Assert.NotSame(this, target);
        Assert.Same(copy, target._callback);
        target._member = 4;
        Assert.Equal(4, copy());

        int local = 1;
        _callback = () => local + Member();
        Assert.Equal(4, Trip.Of(_callback)());
        Assert.Equal(4, Trip.Value(this)._callback!());
    }

    [Fact]
    public void DelegatesBehindOtherTypes()
    {
        int captured = 5;
        Func<int> function = () => captured;
        Assert.Equal(5, Assert.IsType<Func<int>>(Trip.Value<object>(function))());
        Assert.Equal(5, Assert.IsType<Func<int>>(Trip.Value<Delegate>(function))());
        Assert.Equal(5, Trip.Value(new Dictionary<string, Func<int>> { ["f"] = function })["f"]());
        Func<object> variant = (Func<string>)(() => "x");
        Assert.IsType<Func<string>>(Trip.Value(variant));
    }

    [Fact]
    public void DelegatesThatCannotTravelAreRefusedWhereTheyAre()
    {
        Action many = () => { };
        many += () => { };
        using var stream = new MemoryStream();
        Func<long> length = () => stream.Length;
        var handlers = new Dictionary<string, Delegate> { ["many"] = many };
        Assert.Contains("combines 2 functions", Trip.Refused(() => handlers.Count, "handlers[\"many\"]").Message, StringComparison.Ordinal);
        Trip.Refused(() => length(), "length.stream");
    }

    [Fact]
    public void CorruptBytesAreReportedNotBelieved()
    {
        int captured = 1;
        Func<int> function = () => captured;
        using var writer = PayloadWriter.Rent();
        writer.Write(function);
        byte[] bytes = writer.ToArray();
        for (int cut = 0; cut < bytes.Length; cut++)
        {
            byte[] part = bytes[..cut];
            Assert.ThrowsAny<Exception>(() => new PayloadReader(part).Read<Func<int>>());
        }

        writer.Reset();
        writer.Write("text");
        Assert.Throws<InvalidDataException>(() => new PayloadReader(writer.ToArray()).Read<Func<int>>());
    }
}
