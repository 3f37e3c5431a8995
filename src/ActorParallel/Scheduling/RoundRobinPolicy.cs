namespace ActorParallel.Scheduling;

/// <summary>
/// The engines in turn, leaving out those without credit. Those found full are set aside until they finish something, or a task
/// comes that is granted more, so that a pick doesn't walk past all of them again.
/// </summary>
internal sealed class RoundRobinPolicy : ISchedulingPolicy
{
    const int Turning = 0;
    const int SetAside = 1;
    readonly EngineList _turn = new(static e => ref e.PolicyLink);
    readonly EngineList _aside = new(static e => ref e.PolicyLink);
    int _asideCredit = int.MaxValue;

    public void Add(EngineState engine) => Put(engine, Turning);

    public void Remove(EngineState engine) => Take(engine);

    public void LoadChanged(EngineState engine)
    {
        if (engine.PolicyBucket == SetAside && SchedulingPolicy.HasCredit(engine, _asideCredit))
        {
            Take(engine);
            Put(engine, Turning);
        }
    }

    public EngineState? Pick(int credit, int avoid)
    {
        if (credit > _asideCredit)
            RecallAll();
        EngineState? avoided = null;
        EngineState? picked = null;
        for (var engine = _turn.First; engine is not null && picked is null;)
        {
            var next = engine.PolicyLink.Next;
            if (!SchedulingPolicy.HasCredit(engine, credit))
            {
                Take(engine);
                Put(engine, SetAside);
                _asideCredit = Math.Min(_asideCredit, credit);
            }
            else if (engine.Id == avoid)
            {
                avoided = engine;
            }
            else
            {
                picked = engine;
            }
            engine = next;
        }
        if (avoided is not null && (picked is null || !SchedulingPolicy.DoesAsWell(picked, avoided, credit)))
            picked = avoided;
        if (picked is not null)
        {
            Take(picked);
            Put(picked, Turning);
        }
        return picked;
    }

    void RecallAll()
    {
        while (_aside.First is { } engine)
        {
            Take(engine);
            Put(engine, Turning);
        }
        _asideCredit = int.MaxValue;
    }

    void Put(EngineState engine, int place)
    {
        engine.PolicyBucket = place;
        (place == Turning ? _turn : _aside).AddLast(engine);
    }

    void Take(EngineState engine)
    {
        (engine.PolicyBucket == Turning ? _turn : _aside).Remove(engine);
        engine.PolicyBucket = -1;
    }
}
