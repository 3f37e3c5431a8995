using System.Runtime.CompilerServices;

namespace ActorParallel.Payloads;

/// <summary>Numbers objects by identity in the order they come. A few are searched one by one; the hash table comes only with more.</summary>
internal sealed class ReferenceTable
{
    private const int Few = 8;
    private const int Keep = 1024;

    private object?[] _objects = new object?[Few];
    private int[] _slots = [];
    private int _count;

    public int Count => _count;

    /// <summary>False: it was there before, under <paramref name="id"/>.</summary>
    public bool TryAdd(object value, out int id)
    {
        if (_count < Few)
        {
            for (id = 0; id < _count; id++)
            {
                if (ReferenceEquals(_objects[id], value))
                {
                    return false;
                }
            }

            _objects[_count++] = value;
            return true;
        }

        // The first few came without hashing, also when the slots are left from an earlier value.
        if (_count == Few || _slots.Length < 2 * (_count + 1))
        {
            Rehash(Math.Max(Math.Max(64, _slots.Length), 4 * _count));
        }

        int mask = _slots.Length - 1;
        int slot = Hash(value) & mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if (ReferenceEquals(_objects[_slots[slot] - 1], value))
            {
                id = _slots[slot] - 1;
                return false;
            }
        }

        id = _count;
        if (_count == _objects.Length)
        {
            Array.Resize(ref _objects, 2 * _count);
        }

        _objects[_count++] = value;
        _slots[slot] = _count;
        return true;
    }

    /// <summary>Forgets the objects numbered <paramref name="count"/> and above.</summary>
    public void Truncate(int count)
    {
        if (count == _count)
        {
            return;
        }

        Array.Clear(_objects, count, _count - count);
        _count = count;
        if (count == 0 && _objects.Length > Keep)
        {
            _objects = new object?[Few];
            _slots = [];
        }
        else if (count > Few)
        {
            Rehash(_slots.Length);
        }
    }

    private void Rehash(int size)
    {
        size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)size);
        if (size == _slots.Length)
        {
            Array.Clear(_slots);
        }
        else
        {
            _slots = new int[size];
        }

        int mask = size - 1;
        for (int i = 0; i < _count; i++)
        {
            int slot = Hash(_objects[i]!) & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = i + 1;
        }
    }

    private static int Hash(object value) => (int)((uint)RuntimeHelpers.GetHashCode(value) * 0x9E3779B1u >> 4);
}
