using System.Globalization;

namespace ActorParallel.TestKit;

/// <summary>
/// A random quantity: how long something takes, how fast an engine is. Durations are in seconds. Immutable and thread-safe; a number
/// and a <see cref="TimeSpan"/> convert to the draw that always gives them.
/// </summary>
/// <remarks>
/// Values are made by inversion where nothing else is said: L. Devroye, "Non-Uniform Random Variate Generation", Springer, 1986. A value takes the
/// same number of uniform ones whatever they are, so that runs that differ in one thing draw the same everywhere else.
/// </remarks>
public abstract class Draw
{
    private protected Draw()
    {
    }

    /// <summary>The mean of all values; infinite where there is none.</summary>
    public abstract double Mean { get; }

    /// <summary>The next value.</summary>
    /// <param name="random">Where the randomness comes from.</param>
    public abstract double Next(Random random);

    /// <summary>Always the same value.</summary>
    /// <param name="value">The value; in seconds when it is a duration.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, or no number.</exception>
    public static Draw Constant(double value) => new ConstantDraw(NotNegative(value));

    /// <summary>Always the same duration.</summary>
    /// <param name="value">The duration.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static Draw Constant(TimeSpan value) => Constant(value.TotalSeconds);

    /// <summary>Any value between two, each as likely as the others.</summary>
    /// <param name="minimum">The least.</param>
    /// <param name="maximum">The most.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is negative or no number, or the most is below the least.</exception>
    public static Draw Uniform(double minimum, double maximum)
    {
        NotNegative(minimum);
        NotNegative(maximum);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, minimum);
        return new UniformDraw(minimum, maximum);
    }

    /// <summary>The time between events that don't know of each other: arrivals, failures.</summary>
    /// <param name="mean">The mean.</param>
    /// <exception cref="ArgumentOutOfRangeException">The mean is not above 0.</exception>
    public static Draw Exponential(double mean) => new ExponentialDraw(Positive(mean));

    /// <summary>The normal distribution, with 0 in place of what is below it.</summary>
    /// <param name="mean">The mean, before that.</param>
    /// <param name="deviation">The standard deviation, before that.</param>
    /// <remarks>G. E. P. Box, M. E. Muller, "A note on the generation of random normal deviates", Annals of Mathematical Statistics 29(2), 1958.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">One is negative or no number.</exception>
    public static Draw Normal(double mean, double deviation) => new NormalDraw(NotNegative(mean), NotNegative(deviation));

    /// <summary>Values whose logarithm is normal: many a little below the mean, a few far above it. Run times are often like this.</summary>
    /// <param name="mean">The mean of the values themselves.</param>
    /// <param name="deviation">The standard deviation of the values themselves.</param>
    /// <exception cref="ArgumentOutOfRangeException">The mean is not above 0, or the deviation is negative.</exception>
    public static Draw LogNormal(double mean, double deviation) => new LogNormalDraw(Positive(mean), NotNegative(deviation));

    /// <summary>
    /// A heavy tail: the chance of a value above x falls as x^-<paramref name="shape"/>. The deviation is infinite up to a shape of 2, the mean up to 1.
    /// </summary>
    /// <param name="minimum">The least value.</param>
    /// <param name="shape">The smaller, the heavier the tail; 1.1 was measured for processes' lifetimes.</param>
    /// <remarks>M. Harchol-Balter, A. B. Downey, "Exploiting process lifetime distributions for dynamic load balancing", ACM TOCS 15(3), 1997.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">One is not above 0.</exception>
    public static Draw Pareto(double minimum, double shape) => new ParetoDraw(Positive(minimum), double.PositiveInfinity, Positive(shape));

    /// <summary>A heavy tail that ends somewhere.</summary>
    /// <param name="minimum">The least value.</param>
    /// <param name="maximum">The most.</param>
    /// <param name="shape">The smaller, the heavier the tail.</param>
    /// <remarks>M. Harchol-Balter, M. E. Crovella, C. D. Murta, "On choosing a task assignment policy for a distributed server system", JPDC 59(2), 1999.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">One is not above 0, or the most is not above the least.</exception>
    public static Draw BoundedPareto(double minimum, double maximum, double shape)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maximum, Positive(minimum));
        return new ParetoDraw(minimum, Positive(maximum), Positive(shape));
    }

    /// <summary>The time until something wears out (shape above 1) or survives its first days (shape below 1).</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="shape">1 is the exponential distribution; 0.7 to 0.8 was measured for machines' failures.</param>
    /// <remarks>B. Schroeder, G. A. Gibson, "A large-scale study of failures in high-performance computing systems", DSN 2006.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">One is not above 0.</exception>
    public static Draw Weibull(double mean, double shape) => new WeibullDraw(Positive(mean), Positive(shape));

    /// <summary>One of two values: most are short, a share is long.</summary>
    /// <param name="value">What most are.</param>
    /// <param name="rare">What the others are.</param>
    /// <param name="share">The share of the others, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is negative, or the share is not from 0 to 1.</exception>
    public static Draw Bimodal(double value, double rare, double share) => new BimodalDraw(NotNegative(value), NotNegative(rare), Share(share));

    /// <summary>Measured values, each as likely as the others: what a history of run times says.</summary>
    /// <param name="values">The values; copied.</param>
    /// <remarks>B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7(1), 1979.</remarks>
    /// <exception cref="ArgumentException">There is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One is negative or no number.</exception>
    public static Draw Empirical(params IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var copy = values.Select(v => NotNegative(v, nameof(values))).ToArray();
        return copy.Length > 0 ? new EmpiricalDraw(copy) : throw new ArgumentException("There is nothing to draw from: give at least one value.", nameof(values));
    }

    /// <summary>Measured durations, each as likely as the others.</summary>
    /// <param name="values">The durations; copied.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One is negative.</exception>
    public static Draw Empirical(IEnumerable<TimeSpan> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Empirical(values.Select(static v => v.TotalSeconds));
    }

    /// <summary>The same, so many times as large.</summary>
    /// <param name="factor">Multiplies each value.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0.</exception>
    public Draw Times(double factor) => new ScaledDraw(this, Positive(factor));

    /// <summary>The same in another size: what keeps the shape and has this mean.</summary>
    /// <param name="mean">The mean.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0.</exception>
    /// <exception cref="InvalidOperationException">The mean is 0 or infinite now: no factor makes it another.</exception>
    public Draw WithMean(double mean) => Mean > 0 && double.IsFinite(Mean)
        ? Times(Positive(mean) / Mean)
        : throw new InvalidOperationException($"{this} has a mean of {Mean.ToString(CultureInfo.InvariantCulture)}, and no factor makes it another.");

    /// <summary>Always this value.</summary>
    /// <param name="value">The value; in seconds when it is a duration.</param>
    public static implicit operator Draw(double value) => Constant(value);

    /// <summary>Always this duration.</summary>
    /// <param name="value">The duration.</param>
    public static implicit operator Draw(TimeSpan value) => Constant(value);

    /// <summary>Its parameters: draws of a kind with the same ones are equal.</summary>
    private protected abstract object Key { get; }

    /// <summary>Whether the other one is of the same kind, with the same parameters.</summary>
    /// <param name="obj">The other one.</param>
    public sealed override bool Equals(object? obj) => obj is Draw other && other.GetType() == GetType() && other.Key.Equals(Key);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => HashCode.Combine(GetType(), Key);

    /// <summary>Its name and parameters.</summary>
    public abstract override string ToString();

    private protected static string Text(string name, params ReadOnlySpan<double> parameters)
    {
        var texts = new string[parameters.Length];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = parameters[i].ToString("G6", CultureInfo.InvariantCulture);
        return $"{name}({string.Join(", ", texts)})";
    }

    /// <summary>Above 0 and at most 1, so that its logarithm is finite.</summary>
    private protected static double Uniform(Random random) => 1 - random.NextDouble();

    static double NotNegative(double value, string name = "value") => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, "Values that are drawn, and what they are made from, are numbers from 0.");

    static double Positive(double value) => value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "This must be a number above 0.");

    static double Share(double value) => value is >= 0 and <= 1
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A share is a number from 0 to 1.");
}
