using ActorParallel.Payloads;
using BenchmarkDotNet.Attributes;

namespace ActorParallel.Benchmarks.Micro;

/// <summary>A value to bytes and back.</summary>
public class PayloadBenchmarks
{
    static readonly int[] Numbers = Enumerable.Range(0, 1000).ToArray();
    static readonly Reading Record = new("outside", 21.5, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    static readonly Dictionary<string, int> Words = Enumerable.Range(0, 100).ToDictionary(i => $"word {i}");

    byte[] _int = [], _string = [], _array = [], _record = [], _dictionary = [];

    [GlobalSetup]
    public void Setup()
    {
        _int = Bytes(123456);
        _string = Bytes("forty-two characters, more or less, of it");
        _array = Bytes(Numbers);
        _record = Bytes(Record);
        _dictionary = Bytes(Words);
    }

    [Benchmark]
    public long WriteInt() => Write(123456);

    [Benchmark]
    public long WriteString() => Write("forty-two characters, more or less, of it");

    [Benchmark]
    public long WriteInts1000() => Write(Numbers);

    [Benchmark]
    public long WriteRecord() => Write(Record);

    [Benchmark]
    public long WriteDictionary100() => Write(Words);

    [Benchmark]
    public int ReadInt() => Read<int>(_int);

    [Benchmark]
    public string ReadString() => Read<string>(_string);

    [Benchmark]
    public int[] ReadInts1000() => Read<int[]>(_array);

    [Benchmark]
    public object ReadRecord() => Read<Reading>(_record);

    [Benchmark]
    public object ReadDictionary100() => Read<Dictionary<string, int>>(_dictionary);

    static long Write<T>(T value)
    {
        using var writer = PayloadWriter.Rent();
        writer.Write(value);
        return writer.Length;
    }

    static byte[] Bytes<T>(T value)
    {
        using var writer = PayloadWriter.Rent();
        writer.Write(value);
        return writer.ToArray();
    }

    static T Read<T>(byte[] bytes)
    {
        var reader = new PayloadReader(bytes);
        return reader.Read<T>();
    }

    sealed record Reading(string Sensor, double Value, DateTime At);
}
