using System.Text;

namespace ActorParallel.Engines;

/// <summary>A task's console output: the beginning is kept, what goes beyond the bound is cut with a note. Thread-safe.</summary>
internal sealed class OutputBuffer(int maxBytes)
{
    static readonly TimeSpan s_together = TimeSpan.FromMilliseconds(50);

    readonly StringBuilder _text = new();
    long _cut;
    StringBuilder? _untold;
    Action<string>? _tell;
    Action<TimeSpan, Action>? _later;

    /// <summary>What is written from here on is told soon after, too.</summary>
    /// <param name="tell">Gets what was written, in its order.</param>
    /// <param name="later">Runs something after a while.</param>
    public void GoLive(Action<string> tell, Action<TimeSpan, Action> later)
    {
        lock (_text) (_tell, _later, _untold) = (tell, later, new StringBuilder());
    }

    /// <summary>Tells what has not been told.</summary>
    public void TellNow()
    {
        lock (_text)
        {
            if (_untold is not { Length: > 0 }) return;
            _tell!(_untold.ToString());
            _untold.Clear();
        }
    }

    public void Append(ReadOnlySpan<char> text)
    {
        lock (_text)
        {
            // A character is at least a byte: the bound is kept to without encoding.
            var room = Math.Max(0, maxBytes - _text.Length);
            var kept = text[..Math.Min(room, text.Length)];
            _text.Append(kept);
            if (_untold is not null && kept.Length > 0)
            {
                // What comes within a short time travels together.
                if (_untold.Length == 0) _later!(s_together, TellNow);
                _untold.Append(kept);
            }
            _cut += Math.Max(0, text.Length - room);
        }
    }

    public override string ToString()
    {
        lock (_text) return _cut == 0 ? _text.ToString() : $"{_text}\n[{_cut} more characters were cut]";
    }
}
