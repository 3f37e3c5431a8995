using ActorParallel.Cli;
using ActorParallel.Cli.Commands;
using ActorParallel.Cli.Prompt;

namespace ActorParallel.CliTests;

public sealed class PxLineTests
{
    [Theory]
    [InlineData("%px 1 + 1", false, null, "1 + 1")]
    [InlineData("  %px -t 0,2 Console.Write(-t)", false, "0,2", "Console.Write(-t)")]
    [InlineData("%px --targets 0-3 x", false, "0-3", "x")]
    [InlineData("%%px", true, null, "")]
    [InlineData("%%px -t 1", true, "1", "")]
    public void A_line_for_engines(string line, bool isBlock, string? engines, string code)
    {
        var px = PxLine.Read(line)!;
        Assert.Equal((isBlock, engines, code), (px.IsBlock, px.Engines?[0], px.Code));
    }

    [Theory]
    [InlineData("1 % px")]
    [InlineData("%pxx 1")]
    [InlineData("%autopx")]
    [InlineData("px")]
    public void Other_lines(string line) => Assert.Null(PxLine.Read(line));

    [Theory]
    [InlineData("%px")]
    [InlineData("%px -t")]
    [InlineData("%px -t x 1 + 1")]
    public void Lines_that_say_too_little(string line) => Assert.Throws<UsageException>(() => PxLine.Read(line));

    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0,2,5", new[] { 0, 2, 5 })]
    [InlineData("1-3,7", new[] { 1, 2, 3, 7 })]
    [InlineData("all", new int[0])]
    [InlineData("3-1", null)]
    [InlineData("-1", null)]
    [InlineData("a", null)]
    [InlineData("1,,2", null)]
    public void Engines_by_id(string text, int[]? ids) => Assert.Equal(ids, EngineIds.Read(text));

    [Theory]
    [InlineData("INT", 2)]
    [InlineData("sigterm", 15)]
    [InlineData("9", 9)]
    [InlineData("0", null)]
    [InlineData("65", null)]
    [InlineData("SIG", null)]
    public void Signals_by_name(string text, int? number) => Assert.Equal(number, Signals.Find(text));
}
