using ActorParallel.TestKit;

namespace ActorParallel.Benchmarks.Compare;

/// <summary>Clusters in virtual time: how long it takes to simulate them.</summary>
internal sealed class SimulationScenarios(Sizes sizes) : IScenarios
{
    public IEnumerable<Scenario> All() =>
    [
        Simulate("at once, least load", Options(sizes)),
        Simulate("as they come, two choices, engines that die", Options(sizes) with
        {
            Policy = "two-choices",
            Arrivals = Draw.Exponential(1 / (0.8 * sizes.SimulatedEngines)),
            EngineSpeed = Draw.LogNormal(1, 0.2),
            EngineFailures = Draw.Exponential(200),
            MessageDelay = 0.0005,
        }),
    ];

    public void Dispose()
    {
    }

    static SimulatedClusterOptions Options(Sizes sizes) => new()
    {
        Engines = sizes.SimulatedEngines,
        Tasks = sizes.SimulatedTasks,
        Work = Draw.BoundedPareto(0.1, 1_000, 1.5).WithMean(1),
        Seed = 42,
    };

    static Scenario Simulate(string how, SimulatedClusterOptions options) => new(
        $"simulation: {options.Engines:#,0} engines, {options.Tasks:#,0} tasks {how}", [new Metric("s", Target.AtMost(60))], new Contender("simulated", () =>
        {
            SimulationReport? report = null;
            var took = Measure.Time(() => report = SimulatedCluster.Run(options));
            report!.ShouldLoseNothing();
            return [took.TotalSeconds];
        })) { Once = true };
}
