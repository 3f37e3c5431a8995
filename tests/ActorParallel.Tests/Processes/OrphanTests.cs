using System.Diagnostics;
using System.Globalization;
using static ActorParallel.Tests.Processes.Probe;

namespace ActorParallel.Tests.Processes;

/// <summary>P8: whatever dies, and however, its child processes are gone within 5 s.</summary>
public sealed class OrphanTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GrandchildGoesWithAKilledChild(bool stopped)
    {
        string file = NewFile();
        await using ParallelProcess p = new(() =>
        {
            ParallelProcess inner = new(() =>
            {
                Write(file, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
                while (true)
                {
                }
            });
            inner.Start();
            inner.Join();
        });
        p.Start();
        int grandchild = int.Parse(await ReadAsync(file), CultureInfo.InvariantCulture);
        if (stopped)
        {
            using Process stop = Process.Start("kill", ["-STOP", grandchild.ToString(CultureInfo.InvariantCulture)]);
            await UntilAsync(() => State(grandchild) == 'T', "the grandchild stopped");
        }
        Assert.False(IsGone(grandchild));
        p.Kill();
        await UntilAsync(() => IsGone(grandchild), "the grandchild is gone", TimeSpan.FromSeconds(5));
        Assert.True(p.Join(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task ManyGrandchildrenGoHoweverEarlyTheirParentIsKilled()
    {
        for (int delay = 0; delay < 5; delay++)
        {
            string file = NewFile();
            await using ParallelProcess p = new(() =>
            {
                ParallelProcess[] inner = [new(Forever), new(Forever), new(Forever)];
                foreach (ParallelProcess one in inner)
                    one.Start();
                Write(file, string.Join(' ', inner.Select(i => i.Pid)));
                Forever();
            });
            p.Start();
            int[] pids = [.. (await ReadAsync(file)).Split(' ').Select(int.Parse)];
            await Task.Delay(delay * 25, TestContext.Current.CancellationToken);
            p.Kill();
            await UntilAsync(() => pids.All(IsGone), "the grandchildren are gone", TimeSpan.FromSeconds(5));
        }
    }
}
