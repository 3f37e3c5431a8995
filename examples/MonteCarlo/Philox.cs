namespace Examples;

/// <summary>
/// The counter-based generator Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC11 (2011).
/// Each block of numbers is a function of a key and a counter. The seed is the key and the stream the counter's upper half, so all
/// streams of a seed are parts of one sequence that never overlap: each has 2^64 blocks of its own.
/// </summary>
struct Philox(int seed, int stream)
{
    ulong _block;

    /// <summary>Two independent standard normal numbers, by Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958).</summary>
    public (double First, double Second) NextNormals()
    {
        var (a, b, c, d) = Block((uint)_block, (uint)(_block >> 32), (uint)stream, 0, (uint)seed, 0);
        _block++;
        // 53 bits each; the first never 0, whose logarithm there is none of.
        var radius = Math.Sqrt(-2 * Math.Log(((((ulong)a << 32 | b) >> 11) + 1) * (1.0 / (1UL << 53))));
        var (sin, cos) = Math.SinCos(2 * Math.PI * ((((ulong)c << 32 | d) >> 11) * (1.0 / (1UL << 53))));
        return (radius * cos, radius * sin);
    }

    /// <summary>Ten rounds over one counter.</summary>
    public static (uint, uint, uint, uint) Block(uint c0, uint c1, uint c2, uint c3, uint key0, uint key1)
    {
        for (var round = 0; round < 10; round++)
        {
            var left = 0xD2511F53UL * c0;
            var right = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(right >> 32) ^ c1 ^ key0, (uint)right, (uint)(left >> 32) ^ c3 ^ key1, (uint)left);
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }
        return (c0, c1, c2, c3);
    }
}
