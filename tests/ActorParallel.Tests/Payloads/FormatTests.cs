using System.Diagnostics;
using System.Text;
using ActorParallel.Payloads;
using MessagePack;

namespace ActorParallel.Tests.Payloads;

[MessagePackObject]
public sealed class Contract
{
    [Key(0)]
    public int A { get; set; }

    [Key(1)]
    public string? B { get; set; }

    [IgnoreMember]
    public Stream? Ignored { get; set; }
}

[MessagePackObject]
public readonly struct ContractStruct(string name)
{
    [Key(0)]
    public string Name { get; } = name;
}

[Union(0, typeof(Cat))]
public interface IAnimal;

[MessagePackObject]
public sealed class Cat : IAnimal
{
    [Key(0)]
    public int Lives { get; set; }
}

public sealed class FormatTests
{
    [MessagePackObject]
    internal sealed class Hidden
    {
        [Key(0)]
        private int _secret;

        public int Secret() => _secret;

        public static Hidden Of(int secret) => new() { _secret = secret };
    }

    [Fact]
    public void MessagePackTypesTravelAsTheirAttributesSay()
    {
        Contract back = Trip.Of(new Contract { A = 1, B = "b", Ignored = new MemoryStream() });
        Assert.Equal((1, "b", null), (back.A, back.B, back.Ignored));
        Assert.Equal(9, Assert.IsType<Cat>(Trip.Of<IAnimal>(new Cat { Lives = 9 })).Lives);
        Assert.Equal("n", Trip.Of(new ContractStruct("n")).Name);
        Assert.Equal(4, Trip.Of(Hidden.Of(4)).Secret());
        object[] twice = [back, back];
        object[] twiceBack = Trip.Of(twice);
        Assert.Same(twiceBack[0], twiceBack[1]);
    }

    [Fact]
    public void LargeArraysAreBorrowedUntilCopied()
    {
        double[] large = new double[2_000_000];
        using PayloadWriter writer = PayloadWriter.Rent();
        writer.WriteString("before");
        long start = GC.GetAllocatedBytesForCurrentThread();
        writer.Write(large);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - start < 1_000_000);
        writer.WriteString("after");
        large[7] = 7.5;
        byte[] bytes = writer.ToArray();
        Assert.Equal(writer.Length, bytes.Length);
        var reader = new PayloadReader(bytes);
        Assert.Equal("before", reader.ReadString());
        Assert.Equal(large, reader.Read<double[]>());
        Assert.Equal("after", reader.ReadString());
    }

    [Fact]
    public void ThreeGigabytesAreRefusedAtOnce()
    {
        long[] huge = GC.AllocateUninitializedArray<long>(375_000_000);
        long start = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        ShippingException e = Trip.Refused((1, huge));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - start < 1_000_000);
        Assert.Equal("Item2", e.Path);
        Assert.Contains(3_000_000_000L.ToString("N0", null), e.Message, StringComparison.Ordinal);
        Assert.Contains(PayloadWriter.MaxLength.ToString("N0", null), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyChunksAndRollbacks()
    {
        using PayloadWriter writer = PayloadWriter.Rent();
        var random = new Random(1);
        var expected = new List<byte>();
        for (int i = 0; i < 2000; i++)
        {
            byte[] part = new byte[random.Next(1, i % 100 == 0 ? 100_000 : 3000)];
            random.NextBytes(part);
            PayloadWriter.Checkpoint mark = writer.Mark();
            writer.WriteRaw(part);
            if (i % 50 == 0)
            {
                writer.WriteBlock(part);
            }

            if (i % 3 == 0)
            {
                writer.Rollback(mark);
            }
            else
            {
                expected.AddRange(part);
                if (i % 50 == 0)
                {
                    writer.Rollback(mark with { Length = mark.Length + part.Length });
                }
            }

            Assert.Equal(expected.Count, writer.Length);
        }

        Assert.True(writer.ToArray().AsSpan().SequenceEqual(expected.ToArray()));
    }

    [Fact]
    public void AnUnknownTypeIsNamed()
    {
        byte[] bytes = Trip.Bytes<object>(new Contract());
        int at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes("Payloads.Contract"));
        bytes[at] = (byte)'X';
        ShippingException e = Assert.Throws<ShippingException>(() => Trip.From<object>(bytes));
        Assert.Contains("ActorParallel.Tests.Xayloads.Contract", e.Message, StringComparison.Ordinal);
        Assert.Contains("assembly ActorParallel.Tests can't be loaded", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReferencesForOtherCodecs()
    {
        using PayloadWriter writer = PayloadWriter.Rent();
        object outer = new();
        object inner = new();
        Assert.False(writer.WriteReference(outer));
        Assert.False(writer.WriteReference(inner));
        Assert.True(writer.WriteReference(outer));
        Assert.True(writer.WriteReference(inner));
        Assert.True(writer.WriteReference(null));
        var reader = new PayloadReader(writer.ToArray());
        Assert.False(reader.ReadReference(out _));
        Assert.False(reader.ReadReference(out _));
        reader.Register("inner");
        reader.Register("outer");
        Assert.True(reader.ReadReference(out object? first) && reader.ReadReference(out object? second)
            && (string?)first == "outer" && (string?)second == "inner");
        Assert.True(reader.ReadReference(out object? none) && none is null);
    }

    [Fact]
    public void OtherPiecesOfTheFormat()
    {
        using PayloadWriter writer = PayloadWriter.Rent();
        writer.WriteByte(7);
        writer.WriteFixed(1.5);
        writer.WriteBytes([1, 2, 3]);
        writer.WriteBlock((Array)new short[] { 4, 5 });
        writer.WriteType(typeof(FormatTests));
        writer.WriteType(typeof(FormatTests));
        var reader = new PayloadReader(writer.ToArray());
        Assert.Equal(7, reader.ReadByte());
        Assert.Equal(1.5, reader.ReadFixed<double>());
        Assert.Equal([1, 2, 3], reader.ReadBytes().ToArray());
        Assert.Equal(new short[] { 4, 5 }, reader.ReadBlock<short>());
        Assert.Equal(typeof(FormatTests), reader.ReadType());
        Assert.Equal(typeof(FormatTests), reader.ReadType());
        Assert.Equal(0, reader.Remaining);
    }
}
