using System.Net;
using System.Net.Sockets;

namespace ActorParallel.Clients;

/// <summary>Which of this machine's addresses another one sees.</summary>
internal static class LocalAddress
{
    /// <summary>The address this machine sends from on its way to that host; loopback when there is no way.</summary>
    public static string Towards(string host)
    {
        try
        {
            var target = IPAddress.TryParse(host, out var literal) ? literal : Dns.GetHostAddresses(host)[0];
            // Nothing is sent: connecting a datagram socket only chooses the route.
            using var probe = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            probe.Connect(target, 9);
            return ((IPEndPoint)probe.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException)
        {
            return IPAddress.Loopback.ToString();
        }
    }
}
