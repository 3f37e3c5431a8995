using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ActorParallel.Tests.House;

/// <summary>What the repository promises of itself.</summary>
public sealed partial class HouseRulesTests
{
    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Text("ActorParallel.sln").Replace('\\', '/');
        var projects = Repository.Files("*.csproj", "src", "tests", "examples").ToArray();
        Assert.NotEmpty(projects);
        Assert.All(projects, p => Assert.Contains($"\"{p}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_version_stands_in_one_place() =>
        Assert.All(Repository.Files("*.csproj", "src", "tests", "examples"), p =>
            Assert.All(XDocument.Load(Repository.File(p)).Descendants("PackageReference"), r => Assert.Null(r.Attribute("Version"))));

    [Fact]
    public void Every_example_is_run_by_ci()
    {
        var script = Repository.Text(".ci", "run");
        var examples = Repository.Files("*.csproj", "examples").Select(p => Path.GetFileNameWithoutExtension(p)!);
        Assert.All(examples, e => Assert.Contains($"[{e}]=", script, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_sleeps_and_nothing_is_left_to_do()
    {
        var found =
            from file in Repository.Files("*.cs", "src", "tests", "examples")
            where !file.EndsWith("House/HouseRulesTests.cs", StringComparison.Ordinal)
            from line in File.ReadLines(Repository.File(file)).Index()
            where Forbidden().IsMatch(line.Item)
            select $"{file}({line.Index + 1}): {line.Item.Trim()}";
        Assert.Empty(found);
    }

    [Fact]
    public void The_reference_configuration_is_embedded() =>
        Assert.Contains("ActorParallel.reference.conf", typeof(ParallelPool).Assembly.GetManifestResourceNames());

    [Fact]
    public void The_changelog_says_what_is_coming() =>
        Assert.Matches(@"(?s)# Changelog.*## \[Unreleased\].*### Added.*- ", Repository.Text("CHANGELOG.md"));

    [GeneratedRegex(@"Thread\.Sleep|\basync void \w+\(|\bTODO\b|\bFIXME\b|\bNotImplementedException\b")]
    private static partial Regex Forbidden();
}
