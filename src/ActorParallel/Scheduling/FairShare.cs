using System.Runtime.InteropServices;

namespace ActorParallel.Scheduling;

/// <summary>
/// Who comes next among the clients with ready tasks of one priority. Start-time fair queueing: P. Goyal, H. Vin, H. Cheng,
/// "Start-time fair queuing: a scheduling algorithm for integrated services packet switching networks", SIGCOMM 1996; a task's length is
/// its spec's smoothed run time, put right by the measured one when the task has ended. The client with the least start tag goes next, so one
/// that comes new waits for at most one task of each of the others, whatever they have queued.
/// </summary>
internal sealed class FairShare
{
    const int KeptAnyway = 64;
    readonly Dictionary<int, PriorityShare> _shares = [];
    PriorityShare? _latest;
    long _front, _back;

    public int Kept => _shares.Values.Sum(static s => s.Accounts);

    public PriorityShare Of(int priority)
    {
        if (_latest is { } latest && latest.Priority == priority)
            return latest;
        if (_shares.Count > KeptAnyway)
        {
            foreach (var (known, share) in _shares)
            {
                if (share.Ready == 0)
                    _shares.Remove(known);
            }
        }
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_shares, priority, out _);
        return _latest = slot ??= new PriorityShare(priority);
    }

    /// <summary>Numbers tasks in the order they stand in the queue.</summary>
    public long NextOrder(bool front) => front ? --_front : ++_back;
}

/// <summary>The clients' accounts in one priority.</summary>
internal sealed class PriorityShare(int priority)
{
    const int KeptAnyway = 64;

    /// <summary>Taken for the run time of a task that was never measured, in ticks.</summary>
    const double Unmeasured = SchedulerTime.Millisecond;

    readonly Dictionary<int, ShareAccount> _accounts = [];
    ShareAccount? _latest;
    double _virtual, _highest;
    int _purgeAt = KeptAnyway;

    public int Priority => priority;

    /// <summary>Ready tasks of this priority, whatever they ask of an engine.</summary>
    public int Ready { get; private set; }

    public int Accounts => _accounts.Count;

    /// <summary>A task of the client became ready.</summary>
    public ShareAccount Enter(int client)
    {
        var account = _latest is { } latest && latest.Client == client ? latest : Find(client);
        Ready++;
        if (account.Ready++ == 0)
            account.Tag = Math.Max(account.Tag, _virtual);
        return account;
    }

    public void Leave(ShareAccount account)
    {
        account.Ready--;
        // The end of a busy period: nobody is ahead or behind any more.
        if (--Ready == 0)
            _virtual = _highest;
    }

    /// <summary>A task of the account goes to an engine.</summary>
    public void Charge(ShareAccount account, TaskEntry entry)
    {
        entry.Charged = entry.Stats.MeanRunTicks ?? Unmeasured;
        _virtual = Math.Max(_virtual, account.Tag);
        var cost = entry.Charged + account.Debt;
        account.Debt = Math.Min(0, cost - 1);
        account.Tag += Math.Max(1, cost);
        _highest = Math.Max(_highest, account.Tag);
    }

    ShareAccount Find(int client)
    {
        if (_accounts.Count >= _purgeAt)
        {
            foreach (var (known, idle) in _accounts)
            {
                if (idle.Ready == 0 && idle.Tag <= _virtual)
                    _accounts.Remove(known);
            }
            _purgeAt = Math.Max(KeptAnyway, _accounts.Count * 2);
        }
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_accounts, client, out _);
        return _latest = slot ??= new ShareAccount(client);
    }
}

/// <summary>What one client had of the workers, in ticks of run time.</summary>
internal sealed class ShareAccount(int client)
{
    public readonly int Client = client;
    public int Ready;

    /// <summary>The start tag of its next task.</summary>
    public double Tag;

    /// <summary>What its ended tasks took beyond what was charged for them.</summary>
    public double Debt;
}
