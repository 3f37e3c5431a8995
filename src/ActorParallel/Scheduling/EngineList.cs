namespace ActorParallel.Scheduling;

/// <summary>A doubly linked list through one of the engines' own links.</summary>
internal sealed class EngineList(EngineList.LinkOf link)
{
    public delegate ref EngineLink LinkOf(EngineState engine);

    public EngineState? First { get; private set; }

    public EngineState? Last { get; private set; }

    public int Count { get; private set; }

    public void AddLast(EngineState engine)
    {
        ref var at = ref link(engine);
        at.Previous = Last;
        at.Next = null;
        if (Last is null)
            First = engine;
        else
            link(Last).Next = engine;
        Last = engine;
        Count++;
    }

    public void Remove(EngineState engine)
    {
        ref var at = ref link(engine);
        if (at.Previous is null)
            First = at.Next;
        else
            link(at.Previous).Next = at.Next;
        if (at.Next is null)
            Last = at.Previous;
        else
            link(at.Next).Previous = at.Previous;
        at = default;
        Count--;
    }
}
