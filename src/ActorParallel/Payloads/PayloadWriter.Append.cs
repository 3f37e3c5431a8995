using System.Runtime.InteropServices;

namespace ActorParallel.Payloads;

internal sealed partial class PayloadWriter
{
    /// <summary>Writes another payload's bytes, their number first.</summary>
    public void WriteBytes(PayloadWriter? other)
    {
        var length = (int)(other?.Length ?? 0);
        WriteUInt32((uint)length);
        if (length > 0) other!.CopyTo(MemoryMarshal.CreateSpan(ref Take(length), length));
    }
}
