namespace ActorParallel.TestKit;

/// <summary>What one client has of the cluster.</summary>
internal sealed class ClientFacts(int number)
{
    public int Number => number;

    public int Tasks;

    /// <summary>Its tasks that wait, and its attempts that run.</summary>
    public int Waiting;
    public int Running;
    public double WorkerTicks;

    /// <summary>Worker time while all clients had tasks waiting, up to when their common clock showed <see cref="_at"/>.</summary>
    public double ContendedTicks;
    long _at;

    public void Upto(long contention)
    {
        ContendedTicks += (double)Running * (contention - _at);
        _at = contention;
    }
}
