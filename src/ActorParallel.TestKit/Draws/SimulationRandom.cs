using System.Numerics;

namespace ActorParallel.TestKit;

/// <summary>
/// xoshiro256++ (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4), 2021), seeded through SplitMix64
/// (G. Steele, D. Lea, C. Flood, OOPSLA 2014): the same numbers from a seed with every version of .NET, which <see cref="Random"/> doesn't promise.
/// </summary>
internal sealed class SimulationRandom : Random
{
    ulong _a, _b, _c, _d;

    /// <param name="seed">The run's.</param>
    /// <param name="stream">What it is for: each purpose draws from its own stream, so that one doesn't shift the others.</param>
    public SimulationRandom(long seed, long stream)
    {
        var state = Mix((ulong)seed) ^ Mix((ulong)stream * 0xD1B54A32D192ED03 + 1);
        _a = Next(ref state);
        _b = Next(ref state);
        _c = Next(ref state);
        _d = Next(ref state);
    }

    /// <summary>A number from 0 to 1 that depends on nothing but its arguments.</summary>
    public static double Of(long seed, long a, long b) => ToUnit(Mix(Mix(Mix((ulong)seed) ^ (ulong)a) + (ulong)b));

    public override double NextDouble() => ToUnit(NextWord());

    public override int Next() => Next(int.MaxValue);

    public override int Next(int maxValue) => (int)NextInt64(maxValue);

    public override int Next(int minValue, int maxValue) => (int)NextInt64(minValue, maxValue);

    public override long NextInt64() => NextInt64(long.MaxValue);

    // D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019; its bias, below 2^-32 for what is drawn here, is left.
    public override long NextInt64(long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return (long)Math.BigMul(NextWord(), (ulong)maxValue, out _);
    }

    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxValue, minValue);
        return minValue + NextInt64(maxValue - minValue);
    }

    public override float NextSingle() => (float)NextDouble();

    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    public override void NextBytes(Span<byte> buffer)
    {
        foreach (ref var b in buffer)
            b = (byte)(NextWord() >> 56);
    }

    protected override double Sample() => NextDouble();

    /// <summary>From a state as it is.</summary>
    public static SimulationRandom From(ulong a, ulong b, ulong c, ulong d) => new(0, 0) { _a = a, _b = b, _c = c, _d = d };

    public ulong NextWord()
    {
        var result = BitOperations.RotateLeft(_a + _d, 23) + _a;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    static double ToUnit(ulong value) => (value >> 11) * (1.0 / (1UL << 53));

    static ulong Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        return Finish(state);
    }

    static ulong Mix(ulong value) => Finish(value + 0x9E3779B97F4A7C15);

    static ulong Finish(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
