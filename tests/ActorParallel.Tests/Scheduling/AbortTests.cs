using ActorParallel.Scheduling;

namespace ActorParallel.Tests.Scheduling;

/// <summary>F7: what has not begun ends; what has goes on.</summary>
public sealed class AbortTests
{
    static Instruction[] Abort(Rig rig, long task)
    {
        var output = new InstructionList();
        rig.Core.Handle(new AbortRequested(task), rig.Now, output);
        return output.AsSpan().ToArray();
    }

    [Fact]
    public void What_no_engine_holds_ends_at_once()
    {
        var rig = new Rig(Rig.Validated());
        rig.Submit(1);
        Abort(rig, 1).Ends(1, TaskState.Cancelled, Reason.Cancelled);
        Assert.Empty(Abort(rig, 1));
    }

    [Fact]
    public void What_runs_is_left_alone()
    {
        var rig = new Rig(Rig.Validated());
        rig.Join(0);
        rig.Submit(1);
        Assert.Empty(Abort(rig, 1));
        rig.Finish(1).Ends(1, TaskState.Succeeded);
    }

    [Fact]
    public void What_is_queued_at_an_engine_is_asked_back_and_ends_if_it_comes()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 3));
        rig.Join(0);
        rig.Submit([1, 2, 3]);
        Assert.Equal([2], Abort(rig, 2).Tasks(InstructionKind.Recall));
        Assert.Empty(Abort(rig, 2));
        Abort(rig, 3);
        rig.Finish(2, TaskOutcome.Returned).Ends(2, TaskState.Cancelled, Reason.Cancelled);
        // The other had begun after all.
        rig.Finish(1);
        rig.Finish(3).Ends(3, TaskState.Succeeded);
    }

    [Fact]
    public void One_that_had_begun_keeps_its_retries()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 2));
        rig.Join(0);
        rig.Submit([1, 2], new TaskSpec { Retries = 1, BackoffBase = TimeSpan.Zero });
        Abort(rig, 2);
        rig.Start(2);
        Assert.Equal([2], rig.Finish(2, TaskOutcome.Failed).Tasks(InstructionKind.Requeued));
        rig.Finish(2).Ends(2, TaskState.Succeeded);
    }

    [Fact]
    public void With_its_engine_lost_it_ends_unless_it_may_have_begun()
    {
        var rig = new Rig(Rig.Validated(highWaterMark: 3));
        rig.Join(0);
        rig.Submit([1, 2, 3]);
        Abort(rig, 2);
        Abort(rig, 3);
        var given = rig.Lose(0, 1, 3);
        given.Ends(2, TaskState.Cancelled, Reason.Cancelled);
        Assert.DoesNotContain(given, i => i.Kind == InstructionKind.Complete && i.TaskId == 3);
        Assert.Equal(TaskState.Ready, rig.StateOf(3));
    }
}
