namespace Examples;

/// <summary>What one task simulates.</summary>
record struct Chunk(EuropeanOption Option, int Seed, int Stream, int Paths);

static class Simulation
{
    /// <summary>Draws prices at expiry, which are lognormal, and discounts what they pay.</summary>
    public static Moments Run(Chunk chunk)
    {
        var (option, random) = (chunk.Option, new Philox(chunk.Seed, chunk.Stream));
        var drift = (option.Rate - option.Volatility * option.Volatility / 2) * option.Years;
        var deviation = option.Volatility * Math.Sqrt(option.Years);
        var discount = Math.Exp(-option.Rate * option.Years);
        var sample = default(Moments);
        for (var i = 0; i < chunk.Paths; i += 2)
        {
            var (first, second) = random.NextNormals();
            sample.Add(Payoff(first));
            if (i + 1 < chunk.Paths) sample.Add(Payoff(second));
        }
        return sample;

        double Payoff(double normal)
        {
            var price = option.Spot * Math.Exp(drift + deviation * normal);
            return discount * Math.Max(option.Put ? option.Strike - price : price - option.Strike, 0);
        }
    }
}

/// <summary>Mean and variance in one pass; two samples add up. Chan, Golub, LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).</summary>
struct Moments
{
    public long Count { get; private set; }

    public double Mean { get; private set; }

    /// <summary>The sum of the squared distances from the mean.</summary>
    public double Squares { get; private set; }

    public readonly double StandardError => Count < 2 ? 0 : Math.Sqrt(Squares / (Count - 1) / Count);

    public void Add(double value)
    {
        Count++;
        var distance = value - Mean;
        Mean += distance / Count;
        Squares += distance * (value - Mean);
    }

    public static Moments Add(Moments a, Moments b)
    {
        if (a.Count == 0) return b;
        if (b.Count == 0) return a;
        var (count, distance) = (a.Count + b.Count, b.Mean - a.Mean);
        return new Moments
        {
            Count = count,
            Mean = a.Mean + distance * b.Count / count,
            Squares = a.Squares + b.Squares + distance * distance * a.Count * b.Count / count,
        };
    }
}
