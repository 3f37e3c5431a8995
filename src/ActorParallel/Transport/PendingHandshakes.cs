using System.Net.Sockets;

namespace ActorParallel.Transport;

/// <summary>Connections that have not said who they are. A bounded number; the oldest makes room, so silent ones can't keep others out.</summary>
internal sealed class PendingHandshakes(int limit)
{
    readonly Lock _gate = new();
    readonly LinkedList<Socket> _oldestFirst = [];
    bool _closed;

    public void Add(Socket socket)
    {
        Socket? last = null;
        lock (_gate)
        {
            if (_closed)
            {
                last = socket;
            }
            else
            {
                if (_oldestFirst.Count >= limit)
                {
                    last = _oldestFirst.First!.Value;
                    _oldestFirst.RemoveFirst();
                }

                _oldestFirst.AddLast(socket);
            }
        }

        if (last is not null)
        {
            SocketConnection.Close(last);
        }
    }

    /// <summary>False when it was turned away meanwhile.</summary>
    public bool Remove(Socket socket)
    {
        lock (_gate)
        {
            return _oldestFirst.Remove(socket);
        }
    }

    public void CloseAll()
    {
        Socket[] all;
        lock (_gate)
        {
            _closed = true;
            all = [.. _oldestFirst];
            _oldestFirst.Clear();
        }

        foreach (var socket in all)
        {
            SocketConnection.Close(socket);
        }
    }
}
