using Examples;

namespace ActorParallel.Examples.Tests;

public sealed class MonteCarloTests
{
    [Fact]
    public async Task The_price_depends_on_the_seed_and_not_on_who_computes_it()
    {
        string[] prices = [await PriceAsync("--threads", "1"), await PriceAsync("--threads", "3"), await PriceAsync("--processes", "2")];
        Assert.Single(prices.Distinct());
        Assert.NotEqual(prices[0], await PriceAsync("--seed", "2"));

        static async Task<string> PriceAsync(params string[] how)
        {
            using var run = await Started.RunAsync("MonteCarlo", ["--paths", "450001", .. how]);
            Assert.Equal(0, run.ExitCode);
            Assert.Matches(@"^simulated +\d+\.\d{6}   95% confidence interval", run.Lines[0]);
            Assert.Matches(@"^Black-Scholes  7\.128065 ", run.Lines[1]);
            return run.Lines[0];
        }
    }

    [Fact]
    public async Task A_price_that_can_not_be_right_has_exit_code_1()
    {
        // No path of so few reaches the strike, and zero has no error to measure with.
        using var run = await Started.RunAsync("MonteCarlo", "--paths", "1000", "--strike", "300");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("more than 5 standard errors", run.Error);
    }

    // The known answers that come with the authors' Random123.
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_gives_the_known_answers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3) =>
        Assert.Equal((r0, r1, r2, r3), Philox.Block(c0, c1, c2, c3, k0, k1));

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1, 0.841344746068543)]
    [InlineData(-1.959963984540054, 0.025)]
    [InlineData(-5, 2.866515718791939e-7)]
    [InlineData(9, 1)]
    public void The_normal_distribution_is_the_tables(double x, double below) => Assert.Equal(below, EuropeanOption.NormalBelow(x), 1e-14);
}
