using System.Text;

namespace ActorParallel.Engines;

/// <summary>A task's console output: the beginning is kept, what goes beyond the bound is cut with a note. Thread-safe.</summary>
internal sealed class OutputBuffer(int maxBytes)
{
    readonly StringBuilder _text = new();
    long _cut;

    public void Append(ReadOnlySpan<char> text)
    {
        lock (_text)
        {
            // A character is at least a byte: the bound is kept to without encoding.
            var room = Math.Max(0, maxBytes - _text.Length);
            _text.Append(text[..Math.Min(room, text.Length)]);
            _cut += Math.Max(0, text.Length - room);
        }
    }

    public override string ToString()
    {
        lock (_text) return _cut == 0 ? _text.ToString() : $"{_text}\n[{_cut} more characters were cut]";
    }
}
