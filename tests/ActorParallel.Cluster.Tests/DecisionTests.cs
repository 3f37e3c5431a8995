using ActorParallel.Controllers;
using ActorParallel.Membership;
using Akka.Actor;

namespace ActorParallel.MembershipTests;

/// <summary>Who goes on when a cluster's network is cut, and who when its halves see each other again.</summary>
public sealed class DecisionTests
{
    // c: a controller, e: an engine; d: a controller that has been taken for gone already, x: an engine that has.
    static DowningActor.Standing[] Members(string all) =>
        [.. all.Select((kind, i) => new DowningActor.Standing(Address.Parse($"akka.ap://actor-parallel@10.0.0.{i + 1}:{(int)kind}"), kind is 'c' or 'd', kind is 'd' or 'x'))];

    [Theory]
    // The active controller died, or is cut off alone: the standby's side stays, however few are left.
    [InlineData("c", "c", false)]
    [InlineData("cee", "c", false)]
    [InlineData("c", "ceee", false)]
    // Engines died; a controller without any stays.
    [InlineData("c", "eee", false)]
    // Engines that see no controller go down, however many they are.
    [InlineData("eee", "c", true)]
    [InlineData("ee", "cce", true)]
    // Those whose controllers have been taken for gone wait for no more.
    [InlineData("ee", "d", false)]
    [InlineData("e", "e", false)]
    public void EverySideWithAControllerGoesOnAndOneWithoutGoesDown(string reachable, string unreachable, bool goes)
    {
        var (here, there) = (Members(reachable), Members(unreachable));
        var decision = DowningActor.Decision.Of(here, there);
        Assert.Equal(goes, decision.OwnSideGoes);
        Assert.Equal((goes ? here : there).Where(m => !m.IsGone).Select(m => m.Address), decision.Down);
        Assert.Equal(unreachable.Contains('c', StringComparison.Ordinal), decision.IsUrgent);
    }

    [Fact]
    public void OfTwoHalvesTheOneWithFewerEnginesGivesWayAndBothAgree()
    {
        (string Address, int Engines)[] halves = [("10.0.0.1:4710", 0), ("10.0.0.2:4710", 3), ("10.0.0.3:4710", 3), ("10.0.0.10:4710", 7)];
        foreach (var a in halves)
        {
            foreach (var b in halves.Where(h => h != a))
            {
                var (one, other) = (ContactActor.Judge(new MergeQuestion(a.Address, a.Engines), b.Address, b.Engines), ContactActor.Judge(new MergeQuestion(b.Address, b.Engines), a.Address, a.Engines));
                Assert.Equal(one == MergeVerdict.AskerGoes ? MergeVerdict.AskedGoes : MergeVerdict.AskerGoes, other);
                if (a.Engines != b.Engines) Assert.Equal(a.Engines < b.Engines, one == MergeVerdict.AskerGoes);
            }
        }
    }

    [Theory]
    [InlineData("node1:4710", true)]
    [InlineData("10.0.0.1:1", true)]
    [InlineData("[::1]:4710", true)]
    [InlineData("node1", false)]
    [InlineData(":4710", false)]
    [InlineData("node1:0", false)]
    [InlineData("node1:65536", false)]
    [InlineData("no de:4710", false)]
    public void AContactIsAHostAndAPort(string text, bool isOne) => Assert.Equal(isOne, ClusterNames.IsContact(text));

    [Fact]
    public void ANameStandsForAllItsAddresses()
    {
        var settings = new NodeSettings { Seeds = ["dns:localhost:4710", "10.0.0.1:4710", "dns:no-such-name.invalid:4710"] };
        Assert.Contains("127.0.0.1:4710", settings.Contacts());
        Assert.Equal("10.0.0.1:4710", settings.Contacts()[^1]);
    }
}
