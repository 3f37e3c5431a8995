using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using ActorParallel.Payloads;

namespace ActorParallel.Tests.Payloads;

public sealed class ScalarTests
{
    [Fact]
    public void NumbersAndTexts()
    {
        Trip.Same(0, 1, -1, 63, 64, -64, -65, int.MinValue, int.MaxValue);
        Trip.Same(0L, -1L, 1L << 40, long.MinValue, long.MaxValue);
        Trip.Same(0u, 127u, 128u, uint.MaxValue);
        Trip.Same(0ul, 1ul << 63, ulong.MaxValue);
        Trip.Same(sbyte.MinValue, sbyte.MaxValue);
        Trip.Same(byte.MinValue, byte.MaxValue);
        Trip.Same(short.MinValue, short.MaxValue);
        Trip.Same(ushort.MinValue, ushort.MaxValue);
        Trip.Same('\0', 'x', '\uD800', char.MaxValue);
        Trip.Same(true, false);
        Trip.Same(0f, float.NaN, float.NegativeInfinity, 1.5f);
        Trip.Same(0d, double.NaN, double.Epsilon, -1e300);
        Trip.Same((Half)1.5f, Half.MaxValue);
        Trip.Same(Int128.MinValue, Int128.MaxValue);
        Trip.Same(UInt128.MaxValue);
        Trip.Same(0m, decimal.MinValue, 1.000m);
        Trip.Same((nint)(-5));
        Trip.Same<string?>(null, "", "a", "żółw", "\uD800 alone", "😀", new string('x', 300_000), new string('ż', 300_000));
    }

    [Fact]
    public void EnumsDatesAndFriends()
    {
        Trip.Same(DayOfWeek.Friday, (DayOfWeek)99);
        Trip.Same(ByteEnum.B);
        foreach (DateTimeKind kind in Enum.GetValues<DateTimeKind>())
        {
            var date = new DateTime(2024, 2, 29, 1, 2, 3, kind);
            Assert.Equal(kind, Trip.Of(date).Kind);
            Trip.Same(date);
        }

        Trip.Same(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.FromHours(5.5)));
        Trip.Same(DateOnly.MaxValue);
        Trip.Same(TimeOnly.MaxValue);
        Trip.Same(TimeSpan.MinValue);
        Trip.Same(Guid.NewGuid());
        Trip.Same(BigInteger.Pow(-3, 1000), BigInteger.Zero);
        Trip.Same(new Complex(1, -2));
        Trip.Same(new Version(1, 2), new Version(1, 2, 3, 4));
        Trip.Same(new Uri("https://example.org/a?b#c"), new Uri("a/b", UriKind.Relative));
        Trip.Same(1..^2);
        Trip.Same(^3);
        Trip.Same(new Rune(0x1F600));
        Trip.Same(typeof(int), typeof(List<>), typeof(Dictionary<string, int[]>), typeof(int[,][]), typeof(Nested<int>.Inner<string>));
        Trip.Same(CultureInfo.InvariantCulture);
        Trip.Same(DBNull.Value);
        Assert.Equal(Encoding.UTF8.WebName, Trip.Of(Encoding.UTF8).WebName);
        Assert.Empty(Trip.Of<Encoding>(new UTF8Encoding(false)).GetPreamble());
        Assert.Equal(Encoding.Latin1.WebName, Trip.Of(Encoding.Latin1).WebName);
    }

    [Fact]
    public void NullableAndTuples()
    {
        Trip.Same<int?>(null, 5);
        Trip.Same<DateTime?>(null, DateTime.MaxValue);
        Trip.Same<(string, int)?>(null, ("a", 1));
        Trip.Same((1, "two", 3.0, 4m, '5', 6L, (byte)7, "eight", 9, 10));
        Trip.Same(Tuple.Create(1, "two"));
        Trip.Same(new Tuple<int, int, int, int, int, int, int, Tuple<string>>(1, 2, 3, 4, 5, 6, 7, new("8")));
        Trip.Same(new { A = 1, B = "two", C = new { D = (int?)3 } });
        Trip.Same(default(ValueTuple));
    }

    [Fact]
    public void ObjectsToldByTheirParts()
    {
        Assert.Equal("hello", Trip.Of(new StringBuilder("hello")).ToString());
        Assert.Equal([true, false, true], Trip.Of(new BitArray([true, false, true])).Cast<bool>());
        Regex regex = Trip.Of(new Regex("^a+$", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(3)));
        Assert.Matches(regex, "AAA");
        Assert.Equal(TimeSpan.FromSeconds(3), regex.MatchTimeout);
        Assert.Equal(RegexOptions.IgnoreCase, regex.Options);
        Assert.Equal(TimeZoneInfo.Utc, Trip.Of(TimeZoneInfo.Utc));
        Assert.IsType<object>(Trip.Of(new object()));
    }

    [Fact]
    public void MemoryTravelsAsTheSliceThatIsSeen()
    {
        int[] all = [1, 2, 3, 4, 5];
        Assert.Equal([2, 3], Trip.Of(all.AsMemory(1, 2)).ToArray());
        Assert.Equal([2, 3], Trip.Of<ReadOnlyMemory<int>>(all.AsMemory(1, 2)).ToArray());
        Assert.Equal("ell", Trip.Of("hello".AsMemory(1, 3)).ToString());
        Assert.Equal(["b"], Trip.Of(new[] { "a", "b" }.AsMemory(1)).ToArray());
        Assert.Equal([4, 5], Trip.Of(new ArraySegment<int>(all, 3, 2)));
        Assert.Null(Trip.Of(default(ArraySegment<int>)).Array);
    }

    [Fact]
    public void SmallValuesAreSmallAndAllocateNothing()
    {
        Assert.Single(Trip.Bytes(5));
        Assert.Equal(4, Trip.Bytes("abc").Length);
        byte[] buffer = new byte[64];
        Measure(buffer, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Measure(buffer, 1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Measure(byte[] buffer, int times)
    {
        for (int i = 0; i < times; i++)
        {
            using PayloadWriter writer = PayloadWriter.Rent();
            writer.Write(i);
            writer.Write(2.5);
            writer.Write((i, 7L));
            writer.CopyTo(buffer);
            var reader = new PayloadReader(buffer);
            Assert.True(reader.Read<int>() == i && reader.Read<double>() == 2.5 && reader.Read<(int, long)>() == (i, 7L));
        }
    }

    private enum ByteEnum : byte
    {
        A,
        B,
    }

    private static class Nested<T>
    {
        public static class Inner<TInner>
        {
            public static T? Value { get; set; }

            public static TInner? Other { get; set; }
        }
    }
}
