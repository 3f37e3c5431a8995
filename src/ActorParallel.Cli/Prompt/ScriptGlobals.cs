namespace ActorParallel;

/// <summary>What the code of <c>apcluster run</c> and <c>apcluster console</c> finds ready, by these names.</summary>
public sealed class ScriptGlobals
{
    internal ScriptGlobals(ParallelClient client, string[] arguments, CancellationToken interrupted)
    {
        this.client = client;
        (args, this.interrupted) = (arguments, interrupted);
        (all, tasks) = (client.DirectView(), client.LoadBalancedView());
    }

#pragma warning disable IDE1006 // Written as variables of the script.
    /// <summary>The connection to the cluster.</summary>
    public ParallelClient client { get; }

    /// <summary>All engines: each call goes to every one.</summary>
    public DirectView all { get; }

    /// <summary>Whichever engine is free.</summary>
    public LoadBalancedView tasks { get; }

    /// <summary>The arguments after the script's name.</summary>
    public string[] args { get; }

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken interrupted { get; }
#pragma warning restore IDE1006
}
