namespace ActorParallel.TestKit;

internal sealed class ConstantDraw(double value) : Draw
{
    public override double Mean => value;

    public override double Next(Random random) => value;

    public override string ToString() => Text("Constant", value);

    private protected override object Key => value;
}

internal sealed class UniformDraw(double minimum, double maximum) : Draw
{
    public override double Mean => (minimum + maximum) / 2;

    public override double Next(Random random) => minimum + (maximum - minimum) * random.NextDouble();

    public override string ToString() => Text("Uniform", minimum, maximum);

    private protected override object Key => (minimum, maximum);
}

internal sealed class ExponentialDraw(double mean) : Draw
{
    public override double Mean => mean;

    public override double Next(Random random) => -mean * Math.Log(Uniform(random));

    public override string ToString() => Text("Exponential", mean);

    private protected override object Key => mean;
}

internal sealed class NormalDraw(double mean, double deviation) : Draw
{
    // Of max(0, X): what is below 0 counts as 0.
    public override double Mean => deviation == 0 ? mean
        : mean * Below(mean / deviation) + deviation * Math.Exp(-0.5 * mean / deviation * mean / deviation) / Math.Sqrt(2 * Math.PI);

    public static double Standard(Random random) =>
        Math.Sqrt(-2 * Math.Log(Uniform(random))) * Math.Cos(2 * Math.PI * random.NextDouble());

    public override double Next(Random random) => Math.Max(0, mean + deviation * Standard(random));

    public override string ToString() => Text("Normal", mean, deviation);

    private protected override object Key => (mean, deviation);

    // The normal distribution function: M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions", 1964, 26.2.17; right to 7.5e-8.
    static double Below(double x)
    {
        var t = 1 / (1 + 0.2316419 * Math.Abs(x));
        var tail = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)
            * t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return x >= 0 ? 1 - tail : tail;
    }
}

internal sealed class LogNormalDraw : Draw
{
    readonly double _mean, _deviation, _mu, _sigma;

    public LogNormalDraw(double mean, double deviation)
    {
        (_mean, _deviation) = (mean, deviation);
        var variance = Math.Log(1 + deviation / mean * deviation / mean);
        _sigma = Math.Sqrt(variance);
        _mu = Math.Log(mean) - variance / 2;
    }

    public override double Mean => _mean;

    public override double Next(Random random) => Math.Exp(_mu + _sigma * NormalDraw.Standard(random));

    public override string ToString() => Text("LogNormal", _mean, _deviation);

    private protected override object Key => (_mean, _deviation);
}

/// <summary>With an infinite maximum, or a bounded one.</summary>
internal sealed class ParetoDraw(double minimum, double maximum, double shape) : Draw
{
    /// <summary>The share of an unbounded one that lies above the maximum.</summary>
    readonly double _above = Math.Pow(minimum / maximum, shape);

    public override double Mean
    {
        get
        {
            if (double.IsInfinity(maximum))
                return shape > 1 ? minimum * shape / (shape - 1) : double.PositiveInfinity;
            return shape == 1
                ? minimum * Math.Log(maximum / minimum) / (1 - _above)
                : minimum * shape / (shape - 1) * (1 - _above * maximum / minimum) / (1 - _above);
        }
    }

    public override double Next(Random random) => minimum * Math.Pow(1 - (1 - _above) * random.NextDouble(), -1 / shape);

    public override string ToString() => double.IsInfinity(maximum) ? Text("Pareto", minimum, shape) : Text("BoundedPareto", minimum, maximum, shape);

    private protected override object Key => (minimum, maximum, shape);
}

internal sealed class WeibullDraw(double mean, double shape) : Draw
{
    readonly double _scale = mean / Gamma(1 + 1 / shape);

    public override double Mean => mean;

    public override double Next(Random random) => _scale * Math.Pow(-Math.Log(Uniform(random)), 1 / shape);

    public override string ToString() => Text("Weibull", mean, shape);

    private protected override object Key => (mean, shape);

    // C. Lanczos, "A precision approximation of the gamma function", SIAM J. Numerical Analysis B 1, 1964, with g = 7 and 9 terms.
    static double Gamma(double x)
    {
        ReadOnlySpan<double> c =
        [
            676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
            12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
        ];
        x--;
        var sum = 0.99999999999980993;
        for (var i = 0; i < c.Length; i++)
            sum += c[i] / (x + i + 1);
        var t = x + c.Length - 0.5;
        return Math.Sqrt(2 * Math.PI) * Math.Pow(t, x + 0.5) * Math.Exp(-t) * sum;
    }
}

internal sealed class BimodalDraw(double value, double rare, double share) : Draw
{
    public override double Mean => value * (1 - share) + rare * share;

    public override double Next(Random random) => random.NextDouble() < share ? rare : value;

    public override string ToString() => Text("Bimodal", value, rare, share);

    private protected override object Key => (value, rare, share);
}

internal sealed class EmpiricalDraw(double[] values) : Draw
{
    public override double Mean => values.Average();

    public override double Next(Random random) => values[(int)(random.NextDouble() * values.Length)];

    public override string ToString() => $"Empirical({values.Length} values)";

    private protected override object Key => new ValueList<double>(values);
}

internal sealed class ScaledDraw(Draw draw, double factor) : Draw
{
    public override double Mean => draw.Mean * factor;

    public override double Next(Random random) => draw.Next(random) * factor;

    public override string ToString() => $"{draw}{Text(".Times", factor)}";

    private protected override object Key => (draw, factor);
}
