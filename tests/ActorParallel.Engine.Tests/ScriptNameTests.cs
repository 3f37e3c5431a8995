using ActorParallel.Engines;
using ActorParallel.Scripts;
using Microsoft.CodeAnalysis.CSharp;

namespace ActorParallel.EngineTests;

public class ScriptNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("_")]
    [InlineData("größe2")]
    [InlineData("名前")]
    [InlineData("var")]
    [InlineData("dynamic")]
    public async Task Names_that_work(string name)
    {
        ScriptNames.Check(name);
        var engine = new Engine();
        engine.Values[name] = 5;
        Assert.Equal(6, await engine.Evaluate<int>($"{name} + 1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2a")]
    [InlineData("a b")]
    [InlineData("a.b")]
    [InlineData("@a")]
    [InlineData("a-b")]
    [InlineData("\u0301a")]
    public void What_is_no_identifier_is_refused(string name) =>
        Assert.Contains("identifier", Assert.Throws<ArgumentException>(() => ScriptNames.Check(name, "names")).Message, StringComparison.Ordinal);

    [Fact]
    public void Keywords_are_refused_and_they_are_the_compilers()
    {
        foreach (var kind in SyntaxFacts.GetReservedKeywordKinds())
            Assert.False(ScriptNames.IsValid(SyntaxFacts.GetText(kind)), SyntaxFacts.GetText(kind));
        Assert.Contains("keyword", Assert.Throws<ArgumentException>(() => ScriptNames.Check("class")).Message, StringComparison.Ordinal);
        Assert.False(ScriptNames.IsValid("await"));
    }

    [Fact]
    public void Every_character_is_judged_as_the_compiler_does()
    {
        for (int c = 0; c < char.MaxValue; c++)
        {
            // The formatting characters that C# drops from names are refused.
            if (char.GetUnicodeCategory((char)c) == System.Globalization.UnicodeCategory.Format) continue;
            Assert.Equal(SyntaxFacts.IsValidIdentifier(((char)c).ToString()), ScriptNames.IsValid(((char)c).ToString()));
            Assert.Equal(SyntaxFacts.IsValidIdentifier($"a{(char)c}"), ScriptNames.IsValid($"a{(char)c}") || (char)c == 's');
        }
    }

    [Fact]
    public void A_session_needs_an_engines_process()
    {
        Assert.Contains("engine", Assert.Throws<NotSupportedException>(() => ScriptHosts.For(new EngineNamespace())).Message, StringComparison.Ordinal);
    }
}
