namespace ActorParallel.TestKit.Tests.Simulation;

/// <summary>The simulator against what queueing theory says. Work is exponential with mean 1 s unless said otherwise.</summary>
public sealed class LiteratureTests
{
    /// <summary>Engines each with a queue of its own, to which a task goes as it arrives: nothing is held back, nothing asked back.</summary>
    static SimulatedClusterOptions OwnQueues(int engines, double load, int tasks, string policy = "least-load") => new()
    {
        Engines = engines,
        Tasks = tasks,
        Arrivals = Draw.Exponential(1 / (load * engines)),
        Work = Draw.Exponential(1),
        Policy = policy,
        HighWaterMark = int.MaxValue,
        RecallAfter = null,
        Seed = 42,
    };

    /// <summary>
    /// M. Mitzenmacher, "The power of two choices in randomized load balancing", IEEE TPDS 12(10), 2001 (and N. Vvedenskaya, R. Dobrushin,
    /// F. Karpelevich, 1996): n servers, Poisson arrivals of rate λn, each to the shortest of d queues drawn at random. As n grows the share of
    /// the queues with at least i tasks goes to λ^((d^i − 1)/(d − 1)), and the mean time in the system to the sum of λ^((d^i − d)/(d − 1)).
    /// </summary>
    [Theory]
    [InlineData("random", 1, 0.08, 0.03)]
    [InlineData("two-choices", 2, 0.02, 0.01)]
    public void Two_choices_beat_one_as_Mitzenmacher_says(string policy, int choices, double ofMean, double ofShares)
    {
        const double load = 0.9;
        // Up to shortly before the last task arrives: queues that run empty are none of this.
        var report = SimulatedCluster.Run(
            OwnQueues(500, load, 700_000, policy) with { WarmUp = TimeSpan.FromSeconds(250), Until = TimeSpan.FromSeconds(1_500) }, TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine($"{report}\ntail {string.Join(" ", report.LoadTail.Select(t => t.ToString("0.0000")))}, expected mean {MeanTime(load, choices)}");

        Near(MeanTime(load, choices), report.Response.Mean.TotalSeconds, ofMean);
        Near(load, report.Utilisation, 0.01);
        for (var i = 1; i < report.LoadTail.Count; i++)
            Assert.InRange(report.LoadTail[i] - Tail(load, choices, i), -ofShares, ofShares);
    }

    [Fact]
    public void The_second_choice_is_what_counts()
    {
        // The paper's point: from 10 to 2.61 times the task's own time at a load of 0.9, where all queues in view would give little more.
        double Mean(string policy) => SimulatedCluster.Run(OwnQueues(100, 0.9, 100_000, policy) with { WarmUp = TimeSpan.FromSeconds(100) }).Response.Mean.TotalSeconds;
        var (one, two, all) = (Mean("random"), Mean("two-choices"), Mean("least-load"));
        Assert.True(one - two > 4 * (two - all), $"one choice {one}, two {two}, all {all}");
    }

    /// <summary>M/M/1: mean time in the system 1/(1 − ρ), and the chance of at least i tasks ρ^i.</summary>
    [Fact]
    public void One_engine_is_an_MM1_queue()
    {
        const double load = 0.8;
        var report = SimulatedCluster.Run(OwnQueues(1, load, 400_000), TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper!.WriteLine(report.ToString());
        Near(1 / (1 - load), report.Response.Mean.TotalSeconds, 0.05);
        Near(load / (1 - load), report.Waiting.Mean.TotalSeconds, 0.05);
        Near(load * load / (1 - load), report.QueueLength.Mean, 0.06);
        // Exponential with the mean.
        Near(Math.Log(100) / (1 - load), report.Response.P99.TotalSeconds, 0.08);
        for (var i = 1; i <= 8; i++)
            Near(Math.Pow(load, i), report.LoadTail[i], 0.08);
    }

    /// <summary>M/M/c, where a task waits at the controller until a worker is free: A. K. Erlang's delay formula, 1917.</summary>
    [Theory]
    [InlineData(10, 1, 0.9)]
    [InlineData(5, 2, 0.8)]
    [InlineData(1, 10, 0.9)]
    public void One_queue_for_all_is_an_MMc_queue(int engines, int workers, double load)
    {
        var c = engines * workers;
        var report = SimulatedCluster.Run(
            OwnQueues(engines, load, 400_000) with { HighWaterMark = 1, WorkersPerEngine = workers, Arrivals = Draw.Exponential(1 / (load * c)) },
            TestContext.Current.CancellationToken);
        var waiting = ErlangC(c, load * c) / (c * (1 - load));
        TestContext.Current.TestOutputHelper!.WriteLine($"{report}\nexpected wait {waiting}");
        Near(waiting, report.Waiting.Mean.TotalSeconds, 0.1);
        Near(waiting + 1, report.Response.Mean.TotalSeconds, 0.05);
        // J. Little, 1961: the queue's mean length is the arrival rate times the mean waiting time.
        Near(load * c * report.Waiting.Mean.TotalSeconds, report.QueueLength.Mean, 0.01);
    }

    /// <summary>M/G/1: waiting λE[S²]/(2(1 − ρ)). F. Pollaczek 1930, A. Khinchine 1932.</summary>
    [Fact]
    public void Variance_of_the_work_costs_what_Pollaczek_and_Khinchine_say()
    {
        const double load = 0.7, deviation = 1.5;
        var report = SimulatedCluster.Run(OwnQueues(1, load, 400_000) with { Work = Draw.LogNormal(1, deviation) }, TestContext.Current.CancellationToken);
        Near(load * (1 + deviation * deviation) / (2 * (1 - load)), report.Waiting.Mean.TotalSeconds, 0.08);
    }

    static double Tail(double load, int choices, int i) => Math.Pow(load, choices == 1 ? i : (Math.Pow(choices, i) - 1) / (choices - 1));

    static double MeanTime(double load, int choices) =>
        Enumerable.Range(1, 500).Sum(i => Math.Pow(load, choices == 1 ? i - 1 : (Math.Pow(choices, i) - choices) / (choices - 1)));

    /// <summary>The chance that a task waits, by the recursion of Erlang's B.</summary>
    static double ErlangC(int servers, double offered)
    {
        var blocked = 1.0;
        for (var k = 1; k <= servers; k++)
            blocked = offered * blocked / (k + offered * blocked);
        var load = offered / servers;
        return blocked / (1 - load + load * blocked);
    }

    static void Near(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(actual / expected - 1) <= tolerance, $"{actual} should be within {tolerance:P0} of {expected}");
}
