namespace ActorParallel.TestKit.Tests.Simulation;

public sealed class DrawTests
{
    static IEnumerable<Draw> Kinds() =>
    [
        Draw.Constant(2), Draw.Uniform(1, 4), Draw.Exponential(0.3), Draw.Normal(5, 1), Draw.Normal(1, 2), Draw.LogNormal(3, 2),
        Draw.Pareto(1, 3.5), Draw.BoundedPareto(1, 100, 1.1), Draw.BoundedPareto(1, 100, 1), Draw.Weibull(2, 0.8), Draw.Bimodal(1, 10, 0.1),
        Draw.Empirical(1, 2, 6), Draw.Exponential(1).Times(7), Draw.BoundedPareto(1, 50, 1.5).WithMean(0.25),
    ];

    [Fact]
    public void Values_have_the_mean_that_it_tells()
    {
        Assert.All(Kinds(), draw =>
        {
            var random = new SimulationRandom(7, 1);
            var mean = Enumerable.Range(0, 400_000).Average(_ => draw.Next(random));
            Assert.InRange(mean / draw.Mean, 0.985, 1.015);
        });
    }

    [Fact]
    public void No_value_is_negative_or_endless()
    {
        Assert.All(Kinds(), draw =>
        {
            var random = new SimulationRandom(8, 1);
            for (var i = 0; i < 20_000; i++)
                Assert.InRange(draw.Next(random), 0, 1e9);
        });
    }

    [Fact]
    public void A_lognormal_has_the_deviation_it_was_given()
    {
        var random = new SimulationRandom(9, 1);
        var draw = Draw.LogNormal(3, 2);
        var values = Enumerable.Range(0, 400_000).Select(_ => draw.Next(random)).ToArray();
        var mean = values.Average();
        Assert.InRange(Math.Sqrt(values.Average(v => (v - mean) * (v - mean))), 1.95, 2.05);
    }

    [Fact]
    public void A_paretos_tail_falls_as_its_shape_says()
    {
        var random = new SimulationRandom(10, 1);
        var draw = Draw.Pareto(2, 1.1);
        var values = Enumerable.Range(0, 400_000).Select(_ => draw.Next(random)).ToArray();
        Assert.InRange(values.Min(), 2, 2.001);
        Assert.InRange(values.Count(v => v > 20) / 400_000.0, Math.Pow(10, -1.1) * 0.98, Math.Pow(10, -1.1) * 1.02);
        Assert.True(double.IsInfinity(Draw.Pareto(1, 1).Mean));
    }

    [Fact]
    public void Numbers_and_durations_convert()
    {
        Draw fromNumber = 0.25;
        Draw fromTime = TimeSpan.FromMilliseconds(250);
        Assert.Equal(0.25, fromNumber.Mean);
        Assert.Equal(0.25, fromTime.Mean);
        Assert.Equal("Pareto(1, 1.5).Times(2)", Draw.Pareto(1, 1.5).Times(2).ToString());
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw.Constant(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw.Constant(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw.Uniform(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw.Exponential(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Draw.Bimodal(1, 2, 1.5));
        Assert.Throws<ArgumentException>(() => Draw.Empirical(Array.Empty<double>()));
        Assert.Throws<InvalidOperationException>(() => Draw.Pareto(1, 0.9).WithMean(1));
    }

    [Fact]
    public void The_generator_gives_the_numbers_of_its_authors()
    {
        // xoshiro256++ from the state 1, 2, 3, 4, as in the reference implementation's tests.
        var random = SimulationRandom.From(1, 2, 3, 4);
        Assert.Equal([41943041UL, 58720359UL, 3588806011781223UL, 3591011842654386UL], Enumerable.Range(0, 4).Select(_ => random.NextWord()));
    }

    [Fact]
    public void Streams_of_one_seed_differ()
    {
        var firsts = Enumerable.Range(0, 1000).Select(stream => new SimulationRandom(1, stream).NextDouble()).ToArray();
        Assert.Equal(1000, firsts.Distinct().Count());
        Assert.InRange(firsts.Average(), 0.45, 0.55);
    }
}
