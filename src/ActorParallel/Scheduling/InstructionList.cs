namespace ActorParallel.Scheduling;

/// <summary>Collects instructions. Reuse one: clear it after carrying out what it holds.</summary>
internal sealed class InstructionList
{
    const int KeptAnyway = 4096;
    Instruction[] _items = new Instruction[64];

    public int Count { get; private set; }

    public ref readonly Instruction this[int index] => ref AsSpan()[index];

    public ReadOnlySpan<Instruction> AsSpan() => _items.AsSpan(0, Count);

    public void Add(in Instruction instruction)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Count * 2);
        _items[Count++] = instruction;
    }

    public void Clear()
    {
        // One burst must not be paid for ever.
        if (_items.Length > KeptAnyway && Count < _items.Length / 8)
            _items = new Instruction[_items.Length / 2];
        Count = 0;
    }
}
