using System.Buffers.Binary;
using System.Diagnostics;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using Akka.Actor;

namespace ActorParallel.Transport;

/// <summary>
/// One end of what two of our actors tell each other: entries, many in a batch, that arrive once and in order whatever happens to the
/// connection. Batches are numbered and kept until the other end has them; beats tell what was sent last, and a gap is asked for.
/// Any thread may write, under <see cref="Gate"/>; what comes is handled by the owning actor alone.
/// </summary>
internal sealed class Link : IDisposable
{
    /// <summary>Number of the batch, and the highest number that came the other way.</summary>
    public const int HeaderBytes = 16;

    /// <summary>A batch is sent when it has so many bytes; with one inline value more it is still far below the frame limit.</summary>
    const int BatchBytes = 256 << 10;

    /// <summary>A larger batch goes in parts of this size: frames are bounded, and other links' messages come in between.</summary>
    const int PartBytes = 1 << 20;

    /// <summary>The largest batch.</summary>
    const int MostBytes = (int)PayloadWriter.MaxLength + (1 << 20);

    /// <summary>So many batches may come before they are acknowledged, if nothing goes the other way meanwhile.</summary>
    const int Unacknowledged = 32;

    /// <summary>Who knocks several times in so short a time was heard the first time.</summary>
    static readonly TimeSpan s_knocks = TimeSpan.FromMilliseconds(250);

    readonly PayloadWriter _batch = PayloadWriter.Rent();
    readonly Queue<byte[]> _kept = new();
    IActorRef _peer = ActorRefs.Nobody;
    IActorRef _self = ActorRefs.Nobody;
    bool _open;
    long _sent;
    long _arrived;
    long _seen;
    long _acknowledged;
    long _askedAfter = -1;
    bool _ended;
    readonly List<byte[]> _parts = [];
    long _partsOf;
    int _whole;
    int _joined;
    long _opened;

    public Lock Gate { get; } = new();

    /// <summary>The highest number that came: what a peer that connects again need not send.</summary>
    public long Seen => Volatile.Read(ref _seen);

    /// <summary>The highest number that the other end is known to have.</summary>
    public long Arrived => Volatile.Read(ref _arrived);

    /// <summary>The number of the batch that is being written. Hold the gate, or be the only one who writes.</summary>
    public long Current => _sent + 1;

    public IActorRef Peer => _peer;

    public bool IsOpen => _open;

    /// <summary>Where the next entry goes. Hold the gate, and call <see cref="Written"/> after it.</summary>
    public PayloadWriter Writer
    {
        get
        {
            if (_batch.Length == 0)
            {
                _batch.WriteFixed(0L);
                _batch.WriteFixed(0L);
            }
            return _batch;
        }
    }

    public bool HasEntries => _batch.Length > 0;

    /// <summary>An entry is complete; sends the batch when it is large. Hold the gate.</summary>
    public void Written()
    {
        if (_batch.Length >= BatchBytes) Send(idle: false);
    }

    /// <summary>Writes one entry and sends it, with what waits before it.</summary>
    public void Tell(Action<PayloadWriter> write)
    {
        lock (Gate)
        {
            write(Writer);
            Written();
        }
        Flush();
    }

    /// <summary>Sends what is there.</summary>
    /// <param name="idle">The calling thread has nothing else to do: it may carry the message on itself.</param>
    public void Flush(bool idle = false)
    {
        lock (Gate) Send(idle);
    }

    void Send(bool idle)
    {
        if (_batch.Length == 0) return;
        if (_ended)
        {
            _batch.Reset();
            return;
        }
        var bytes = _batch.ToArray();
        _batch.Reset();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, ++_sent);
        _kept.Enqueue(bytes);
        if (_open) Tell(bytes, idle);
    }

    void Tell(byte[] bytes, bool idle)
    {
        var seen = Volatile.Read(ref _seen);
        Volatile.Write(ref _acknowledged, seen);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), seen);
        if (bytes.Length > PartBytes)
        {
            var number = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            for (var at = 0; at < bytes.Length; at += PartBytes)
                _peer.Tell(new LinkPart(number, bytes.Length, at, bytes.AsSpan(at, Math.Min(PartBytes, bytes.Length - at)).ToArray()), _self);
        }
        else if (idle)
        {
            OwnThreads.Tell(_peer, new LinkBatch(bytes), _self);
        }
        else
        {
            _peer.Tell(new LinkBatch(bytes), _self);
        }
    }

    /// <summary>The other end is there, or there again: what it has not got goes out once more.</summary>
    /// <param name="peer">The other end.</param>
    /// <param name="self">This end's actor.</param>
    /// <param name="theirs">The highest number it has.</param>
    public void Open(IActorRef peer, IActorRef self, long theirs)
    {
        lock (Gate)
        {
            var again = _open && peer.Equals(_peer) && Stopwatch.GetElapsedTime(_opened) < s_knocks;
            _peer = peer;
            _self = self;
            _open = true;
            _opened = Stopwatch.GetTimestamp();
            if (again)
            {
                // All is on its way; what is lost, beats tell.
                Forget(theirs);
                return;
            }
            _askedAfter = -1;
            SendAfter(theirs);
            Send(idle: false);
        }
    }

    /// <summary>The connection is cut: entries are kept until it is there again.</summary>
    public void Close()
    {
        lock (Gate) _open = false;
    }

    void SendAfter(long theirs)
    {
        Forget(theirs);
        foreach (var bytes in _kept) Tell(bytes, idle: false);
    }

    void Forget(long theirs)
    {
        // Nobody has what was not sent.
        theirs = Math.Min(theirs, _sent);
        _arrived = Math.Max(_arrived, theirs);
        while (_kept.TryPeek(out var oldest) && BinaryPrimitives.ReadInt64LittleEndian(oldest) <= theirs) _kept.Dequeue();
    }

    /// <summary>A part of a batch came. The batch, when it is whole. No more memory is taken than has come.</summary>
    /// <exception cref="InvalidDataException">It is part of nothing that this side could have sent.</exception>
    public LinkBatch? Join(LinkPart part)
    {
        if (part.Length is <= HeaderBytes or > MostBytes || part.At < 0 || part.Bytes.Length == 0 || part.Bytes.Length > part.Length - part.At)
            throw new InvalidDataException($"A part of {part.Bytes.Length} bytes at {part.At} of a batch of {part.Length} can't be.");
        if (part.Number <= _seen) return null;
        if (part.At == 0)
        {
            _parts.Clear();
            (_partsOf, _whole, _joined) = (part.Number, part.Length, 0);
        }
        if (part.Number != _partsOf || part.At != _joined || part.Length != _whole)
        {
            // Its beginning was lost.
            _parts.Clear();
            _partsOf = 0;
            AskAgain();
            return null;
        }
        _parts.Add(part.Bytes);
        _joined += part.Bytes.Length;
        if (_joined < _whole) return null;
        var whole = GC.AllocateUninitializedArray<byte>(_whole);
        var at = 0;
        foreach (var bytes in _parts)
        {
            bytes.CopyTo(whole, at);
            at += bytes.Length;
        }
        _parts.Clear();
        _partsOf = 0;
        return new LinkBatch(whole);
    }

    /// <summary>A batch came. False: it came before, or one before it is missing.</summary>
    /// <exception cref="InvalidDataException">It has no header.</exception>
    public bool Take(LinkBatch batch)
    {
        if (batch.Bytes.Length < HeaderBytes) throw new InvalidDataException($"A batch of {batch.Bytes.Length} bytes has no header.");
        var number = BinaryPrimitives.ReadInt64LittleEndian(batch.Bytes);
        var theirs = BinaryPrimitives.ReadInt64LittleEndian(batch.Bytes.AsSpan(8));
        // Read without the gate: a late look only keeps a batch a little longer.
        if (theirs > Volatile.Read(ref _arrived))
            lock (Gate) Forget(theirs);
        if (number != _seen + 1)
        {
            if (number > _seen) AskAgain();
            return false;
        }
        Volatile.Write(ref _seen, number);
        _askedAfter = -1;
        if (number - Volatile.Read(ref _acknowledged) >= Unacknowledged) Beat();
        return true;
    }

    /// <summary>Says what was sent last and what came: at an interval, so that the last batch can't be lost unnoticed.</summary>
    public void Beat()
    {
        lock (Gate)
        {
            if (!_open) return;
            var seen = Volatile.Read(ref _seen);
            Volatile.Write(ref _acknowledged, seen);
            _peer.Tell(new LinkBeat(_sent, seen), _self);
        }
    }

    /// <summary>The other end's beat.</summary>
    public void Heard(LinkBeat beat)
    {
        lock (Gate) Forget(beat.Seen);
        _askedAfter = -1;
        if (beat.Sent > _seen) AskAgain();
    }

    /// <summary>The other end misses what came after that number.</summary>
    public void Resend(LinkGap gap)
    {
        lock (Gate)
            if (_open) SendAfter(gap.After);
    }

    void AskAgain()
    {
        if (_askedAfter == _seen) return;
        _askedAfter = _seen;
        _peer.Tell(new LinkGap(_seen), _self);
    }

    /// <summary>The other end is a new one that knows nothing: numbers begin again, with what the former one may not have got.</summary>
    public void Restart()
    {
        lock (Gate)
        {
            _open = false;
            (_sent, _arrived, _acknowledged, _askedAfter, _partsOf) = (0, 0, 0, -1, 0);
            _parts.Clear();
            Volatile.Write(ref _seen, 0);
            foreach (var bytes in _kept) BinaryPrimitives.WriteInt64LittleEndian(bytes, ++_sent);
        }
    }

    /// <summary>Nothing that was written is wanted any more: begins again with nothing.</summary>
    public void Reset()
    {
        lock (Gate)
        {
            _batch.Reset();
            _kept.Clear();
            Restart();
        }
    }

    /// <summary>The other end is gone for good: what is written from here on is dropped.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            _ended = true;
            _open = false;
            _kept.Clear();
            _batch.Reset();
        }
    }
}

/// <summary>Entries of a <see cref="Link"/>, after its header.</summary>
internal sealed record LinkBatch(byte[] Bytes) : IWireMessage;

/// <summary>A part of a large batch.</summary>
/// <param name="Number">The batch's number.</param>
/// <param name="Length">The batch's length, in bytes.</param>
/// <param name="At">Where the part belongs.</param>
/// <param name="Bytes">The part.</param>
internal sealed record LinkPart(long Number, int Length, int At, byte[] Bytes) : IWireMessage;

/// <summary>The number of the last batch that was sent, and of the last that came.</summary>
internal sealed record LinkBeat(long Sent, long Seen) : IWireMessage;

/// <summary>Send what came after that number again.</summary>
internal sealed record LinkGap(long After) : IWireMessage;
