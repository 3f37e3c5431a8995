using System.Numerics;

namespace ActorParallel.TestKit;

/// <summary>
/// Weights by value: exact up to 63, and to one part in 32 above (the buckets of G. Tene's HdrHistogram), so that it takes the same room
/// for a queue of ten tasks and one of a million.
/// </summary>
internal sealed class Histogram
{
    const int Exact = 64;
    const int ExactBits = 6;
    const int PartBits = 5;
    double[] _weights = new double[Exact];

    public double Total { get; private set; }

    public void Add(long value, double weight)
    {
        var index = IndexOf(value);
        if (index >= _weights.Length)
            Array.Resize(ref _weights, index + Exact);
        _weights[index] += weight;
        Total += weight;
    }

    /// <summary>The least value that so large a share of the weight doesn't exceed.</summary>
    public double Percentile(double share)
    {
        var left = Total * share;
        var last = 0;
        for (var i = 0; i < _weights.Length; i++)
        {
            if (_weights[i] == 0)
                continue;
            last = i;
            left -= _weights[i];
            // Sums of shares are right to a few parts in 10^12.
            if (left <= Total * 1e-12)
                break;
        }
        return ValueOf(last);
    }

    static int IndexOf(long value)
    {
        if (value < Exact)
            return (int)value;
        var exponent = BitOperations.Log2((ulong)value);
        return Exact + ((exponent - ExactBits) << PartBits) + (int)((value >> (exponent - PartBits)) & ((1 << PartBits) - 1));
    }

    static double ValueOf(int index)
    {
        if (index < Exact)
            return index;
        var exponent = ((index - Exact) >> PartBits) + ExactBits;
        var width = 1L << (exponent - PartBits);
        return ((1L << exponent) | ((index - Exact) & ((1 << PartBits) - 1)) * width) + (width - 1) / 2.0;
    }
}
