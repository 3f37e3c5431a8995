namespace ActorParallel.TestKit;

/// <summary>For how much of the engines' time they held at least so many tasks.</summary>
internal sealed class LoadRecorder
{
    const int Kept = 64;
    readonly long[] _engines = new long[Kept];
    readonly long[] _since = new long[Kept];
    readonly double[] _integral = new double[Kept];

    public void Changed(int before, int after, long now)
    {
        for (var i = before + 1; i <= after && i < Kept; i++)
            Step(i, 1, now);
        for (var i = after + 1; i <= before && i < Kept; i++)
            Step(i, -1, now);
    }

    /// <summary>Counts from now on.</summary>
    public void Reset(long now)
    {
        Array.Clear(_integral);
        Array.Fill(_since, now);
    }

    /// <param name="engineTicks">The time that all engines were there.</param>
    /// <param name="now">The moment.</param>
    public double[] Shares(double engineTicks, long now)
    {
        var shares = new List<double> { 1 };
        for (var i = 1; i < Kept; i++)
        {
            Step(i, 0, now);
            if (_integral[i] == 0)
                break;
            shares.Add(_integral[i] / engineTicks);
        }
        return [.. shares];
    }

    void Step(int i, int by, long now)
    {
        _integral[i] += (double)_engines[i] * (now - _since[i]);
        _since[i] = now;
        _engines[i] += by;
    }
}
