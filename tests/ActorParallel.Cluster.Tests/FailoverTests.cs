using static ActorParallel.MembershipTests.Until;

namespace ActorParallel.MembershipTests;

/// <summary>P11 with standbys: whichever process dies, a client that lives gets every result once.</summary>
public sealed class FailoverTests
{
    static int Work(int n)
    {
        Thread.SpinWait(n % 100 * 200);
        return n * 3 + 1;
    }

    [Fact]
    public async Task KillsOfTheActiveControllerUnderLoadLoseAndRepeatNothing()
    {
        await using var nodes = await new Nodes().StartAsync(2);
        foreach (var active in (int[])[0, 1])
        {
            var ends = new int[3000];
            var results = Enumerable.Range(0, ends.Length).Select(n => nodes.Tasks.ApplyAsync(Work, n).OnCompleted((_, _) => Interlocked.Increment(ref ends[n]))).ToArray();
            await results[100].WaitAsync().WaitAsync(Limit, Cancel);
            nodes.Controllers[active].Signal("KILL");
            // Submitted while nobody is there.
            var late = nodes.Tasks.ApplyAsync(static () => 8);
            for (var n = 0; n < results.Length; n++) Assert.Equal(n * 3 + 1, await End(results[n]));
            Assert.Equal(8, await End(late));
            await TrueAsync(() => Array.IndexOf(ends, 0) < 0, "every callback came");
            Assert.All(ends, n => Assert.Equal(1, n));
            await nodes.Client.WaitForEnginesAsync(2, Limit, Cancel);
            Assert.All(nodes.Engines, e => Assert.False(e.Process.HasExited, e.Log));
            if (active == 0) nodes.StartController(0);
            await TrueAsync(() => nodes.Controllers[0].Says("Joined: "), "the one that died is back and stands by", nodes.Logs);
            if (active == 1) break;
        }
    }
}
