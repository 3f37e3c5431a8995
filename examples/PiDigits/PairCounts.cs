using ActorParallel;

namespace Examples;

/// <summary>How often each pair of neighbouring digits comes in a row of them, and the row's ends.</summary>
record PairCounts(long[] Counts, byte First, byte Last)
{
    public long Total => Counts.Sum();

    public static PairCounts Of(byte[] digits)
    {
        var cancelled = TaskContext.Current?.CancellationToken ?? default;
        var counts = new long[100];
        for (var i = 1; i < digits.Length; i++)
        {
            if ((i & 0xFFFFF) == 0) cancelled.ThrowIfCancellationRequested();
            counts[digits[i - 1] * 10 + digits[i]]++;
        }
        return new(counts, digits[0], digits[^1]);
    }

    /// <summary>Rows that follow one another: each seam is a pair, too.</summary>
    public static PairCounts Join(IEnumerable<PairCounts> rows) => rows.Aggregate((left, right) =>
    {
        var counts = left.Counts.Zip(right.Counts, (a, b) => a + b).ToArray();
        counts[left.Last * 10 + right.First]++;
        return new(counts, left.First, right.Last);
    });

    public double ChiSquare()
    {
        var expected = Total / 100.0;
        return Counts.Sum(c => (c - expected) * (c - expected) / expected);
    }
}
