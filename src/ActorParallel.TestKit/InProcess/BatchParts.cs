using ActorParallel.Transport;

namespace ActorParallel.TestKit;

/// <summary>Puts a large batch together, to see what it holds.</summary>
internal sealed class BatchParts
{
    readonly Lock _gate = new();
    byte[] _whole = [];
    long _number;
    int _joined;

    /// <summary>The batch, with its last part; null before that, or when an earlier part was lost.</summary>
    public LinkBatch? Join(LinkPart part)
    {
        lock (_gate)
        {
            if (part.At == 0)
                (_whole, _number, _joined) = (new byte[part.Length], part.Number, 0);
            if (part.Number != _number || part.At != _joined || part.Bytes.Length > _whole.Length - _joined)
                return null;
            part.Bytes.CopyTo(_whole, _joined);
            _joined += part.Bytes.Length;
            return _joined == _whole.Length ? new LinkBatch(_whole) : null;
        }
    }
}
