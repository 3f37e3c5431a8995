using System.Diagnostics;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace ActorParallel.Transport;

/// <summary>
/// One connection. Two threads of its own, a reader and a flusher, so that it needs nothing of the .NET thread pool.
/// A write on an idle line is sent by its caller; while a batch is on its way, further writes gather in the next one.
/// </summary>
internal sealed class SocketAssociation : AssociationHandle
{
    // A line is idle when nothing was written for this long, 10 us: a burst gathers from its second frame on.
    static readonly long IdleTicks = Stopwatch.Frequency / 100_000;

    // Fits the kernel's buffer whenever the socket says it is writable, so the caller is not blocked.
    const int InlineLimit = 16 * 1024;

    enum State
    {
        Open,
        Closing,
        Closed,
    }

    readonly object _gate = new();
    readonly TaskCompletionSource _listenerKnown = new(), _ended = new();
    readonly SocketConnection _connection;
    readonly SocketTransportSettings _settings;
    readonly SocketTransport _transport;
    readonly OutboundQueue _outbound;
    volatile State _state;
    bool _sending, _flushWanted;
    long _lastWrite;
    Deadline? _closeDeadline;

    public SocketAssociation(Address local, Address remote, SocketConnection connection, SocketTransport transport)
        : base(local, remote)
    {
        (_connection, _transport, _settings) = (connection, transport, transport.Settings);
        _outbound = new OutboundQueue(_settings.SendBuffer);
        _ = ReadHandlerSource.Task.ContinueWith(static (_, me) => ((SocketAssociation)me!)._listenerKnown.TrySetResult(), this,
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Bytes taken by <see cref="Write"/> and not yet handed to the operating system.</summary>
    public long PendingBytes
    {
        get
        {
            lock (_gate)
            {
                return _outbound.Pending;
            }
        }
    }

    /// <summary>True once the connection is closed and its reader has said so; waits for that.</summary>
    public bool WaitForEnd(TimeSpan atMost) => _ended.Task.Wait(atMost);

    /// <inheritdoc />
    public override bool Write(ByteString payload)
    {
        if (payload.Length == 0 || payload.Length > _settings.MaximumFrame)
        {
            _transport.Log.Error("A frame of {0} bytes for {1} was dropped: 1 to {2} are possible (maximum-frame-size).",
                payload.Length, _connection.Peer, _settings.MaximumFrame);
            return true;
        }

        lock (_gate)
        {
            if (_state != State.Open || !_outbound.TryAdd(payload))
            {
                return false;
            }

            var now = Stopwatch.GetTimestamp();
            var idle = now - _lastWrite > IdleTicks;
            _lastWrite = now;
            if (_sending)
            {
                return true;
            }

            _sending = true;
            if (!idle || payload.Length > InlineLimit)
            {
                WakeFlusher();
                return true;
            }
        }

        SendHere();
        return true;
    }

    void SendHere()
    {
        try
        {
            if (_connection.Socket.Poll(0, SelectMode.SelectWrite) && Take(atMost: InlineLimit + Batch.Header) is { } batch)
            {
                Send(batch);
            }
        }
        catch (Exception e)
        {
            Close(e);
            return;
        }

        lock (_gate)
        {
            _sending = !_outbound.IsEmpty;
            if (_sending || _state != State.Open)
            {
                WakeFlusher();
            }
        }
    }

    void WakeFlusher()
    {
        _flushWanted = true;
        Monitor.Pulse(_gate);
    }

    // More than asked for when others wrote meanwhile: then it is the flusher's.
    Batch? Take(long atMost)
    {
        lock (_gate)
        {
            return _outbound.Pending <= atMost ? _outbound.Take() : null;
        }
    }

    void Send(Batch batch)
    {
        batch.WriteTo(_connection.Stream);
        lock (_gate)
        {
            _outbound.Sent(batch);
        }
    }

    /// <summary>The flusher's thread: until the connection is closed, or closing and everything is sent.</summary>
    public void Flush()
    {
        try
        {
            while (AwaitWork() is { } batch)
            {
                Send(batch);
            }

            // The peer reads to the end, closes, and so ends the reader.
            _connection.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e)
        {
            Close(e);
        }
    }

    Batch? AwaitWork()
    {
        lock (_gate)
        {
            while (true)
            {
                if (_state == State.Closed)
                {
                    return null;
                }

                if (_flushWanted)
                {
                    if (!_outbound.IsEmpty)
                    {
                        return _outbound.Take();
                    }

                    _flushWanted = _sending = false;
                }

                if (_state == State.Closing && !_sending)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>The reader's thread: until the peer closes, or this side does.</summary>
    public void Read()
    {
        IHandleEventListener? listener = null;
        try
        {
            _listenerKnown.Task.Wait();
            listener = ReadHandlerSource.Task.IsCompletedSuccessfully ? ReadHandlerSource.Task.Result : null;
            var frames = new FrameReader(_connection.Stream, _settings.MaximumFrame);
            while (frames.Next() is { } frame)
            {
                _connection.Guard?.Check(frame.Span);

                // A closing side reads on only to see the peer close.
                if (_state == State.Open)
                {
                    listener?.Notify(new InboundPayload(frame));
                }
            }

            Close(null);
        }
        catch (InvalidFrameException e)
        {
            _transport.Broke(_connection.Peer, e.Message);
            Close(null);
        }
        catch (Exception e)
        {
            Close(e);
        }

        Farewell(listener);
    }

    void Farewell(IHandleEventListener? listener)
    {
        try
        {
            _transport.Forget(this);
            _connection.Guard?.Release();
            if (listener is not null)
            {
                listener.Notify(new Disassociated(DisassociateInfo.Unknown));
            }
            else
            {
                // Whoever asks later must hear that it is over.
                _ = ReadHandlerSource.Task.ContinueWith(static task => task.Result.Notify(new Disassociated(DisassociateInfo.Unknown)),
                    CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            }

            _connection.Stream.Dispose();
        }
        catch (Exception e)
        {
            _transport.Log.Error(e, "The end of the connection with {0} was not clean.", _connection.Peer);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>Sends what is waiting, for as long as close-timeout, and closes.</summary>
    [Obsolete("Akka's own: it calls the overload with a reason, which calls this.")]
    public override void Disassociate() => CloseGently();

    /// <inheritdoc cref="Disassociate()" />
    public void CloseGently()
    {
        lock (_gate)
        {
            if (_state != State.Open)
            {
                return;
            }

            _state = State.Closing;
            Monitor.Pulse(_gate);
        }

        _listenerKnown.TrySetResult();
        _closeDeadline = _transport.Deadlines.After(_settings.CloseTimeout, () => Close(null));
    }

    /// <summary>Closes at once; what is waiting is lost. Ends both threads.</summary>
    public void Close(Exception? cause)
    {
        lock (_gate)
        {
            if (_state == State.Closed)
            {
                return;
            }

            _state = State.Closed;
            Monitor.PulseAll(_gate);
        }

        if (cause is not null)
        {
            _transport.Log.Debug("The connection with {0} ended: {1}", _connection.Peer, cause.Message);
        }

        _closeDeadline?.Cancel();
        _listenerKnown.TrySetResult();
        _connection.Dispose();
    }
}
