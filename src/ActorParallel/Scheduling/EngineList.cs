namespace ActorParallel.Scheduling;

/// <summary>A doubly linked list of engines, through the engines' own link.</summary>
internal sealed class EngineList
{
    public EngineState? First { get; private set; }

    EngineState? _last;

    public int Count { get; private set; }

    public void AddLast(EngineState engine)
    {
        engine.StallPrevious = _last;
        engine.StallNext = null;
        if (_last is null)
            First = engine;
        else
            _last.StallNext = engine;
        _last = engine;
        Count++;
    }

    public void Remove(EngineState engine)
    {
        if (engine.StallPrevious is null)
            First = engine.StallNext;
        else
            engine.StallPrevious.StallNext = engine.StallNext;
        if (engine.StallNext is null)
            _last = engine.StallPrevious;
        else
            engine.StallNext.StallPrevious = engine.StallPrevious;
        engine.StallNext = engine.StallPrevious = null;
        Count--;
    }
}
