using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;

namespace ActorParallel.Transport;

/// <summary>TCP on which both sides show a certificate before anything else is said.</summary>
internal sealed class TlsEndpoint(SocketTransportSettings settings, SocketTransportSetup setup) : SocketEndpoint
{
    const int Backlog = 512;
    const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    // Offline: no certificate is looked for in a network.
    readonly SslStreamCertificateContext _own = SslStreamCertificateContext.Create(setup.Own, additionalCertificates: null, offline: true);

    public override (string Host, int Port) Bind()
    {
        Socket? listener = null;
        try
        {
            var address = IPAddress.TryParse(settings.HostName, out var literal) ? literal : Dns.GetHostAddresses(settings.HostName)[0];
            listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(address, settings.Port));
            listener.Listen(Backlog);
        }
        catch (SocketException e)
        {
            listener?.Dispose();
            throw new IOException(e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"Can't listen on {settings.HostName}: port {settings.Port} is in use by another program; set port to another one, or to 0 for any that is free.",
                SocketError.AddressNotAvailable => $"Can't listen on {settings.HostName}: it is no address of this machine; set hostname to one that is, or to 0.0.0.0 for all of them.",
                SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"Can't listen on {settings.HostName}: there is no such host; set hostname to an address of this machine.",
                SocketError.AccessDenied => $"Can't listen on {settings.HostName}: port {settings.Port} needs more rights than this user has; set port to one from 1024 on.",
                _ => $"Can't listen on {settings.HostName}, port {settings.Port}: {e.Message}.",
            }, e);
        }

        Listener = listener;
        return (settings.PublicHostName, ((IPEndPoint)listener.LocalEndPoint!).Port);
    }

    public override bool Serves(Address remote) => remote.Host != UnixEndpoint.Host;

    public override Socket CreateSocket() => new(SocketType.Stream, ProtocolType.Tcp);

    public override void Connect(Socket socket, Address remote) => socket.Connect(remote.Host, remote.Port ?? 0);

    public override SecuredPeer Secure(Socket socket, Address? remote)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        string? refusal = null;
        bool Judge(object _, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
            (refusal = setup.Peers.Refusal(certificate, errors)) is null;

        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            if (remote is null)
            {
                stream.AuthenticateAsServer(new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = _own,
                    ClientCertificateRequired = true,
                    EnabledSslProtocols = Versions,
                    AllowTlsResume = false,
                    AllowRenegotiation = false,
                    CertificateChainPolicy = setup.Peers.Chain(),
                    RemoteCertificateValidationCallback = Judge,
                });
            }
            else
            {
                stream.AuthenticateAsClient(new SslClientAuthenticationOptions
                {
                    TargetHost = remote.Host,
                    ClientCertificateContext = _own,
                    EnabledSslProtocols = Versions,
                    AllowTlsResume = false,
                    AllowRenegotiation = false,
                    CertificateChainPolicy = setup.Peers.Chain(),
                    RemoteCertificateValidationCallback = Judge,
                });
            }

            var presented = stream.RemoteCertificate!;
            var role = setup.Peers.RoleOf(presented);
            return new(stream, new(role, EphemeralCertificate.Thumbprint(presented), setup.Peers.HasRoles) { IsMember = (setup.Peers.Members & role) != 0 });
        }
        catch (AuthenticationException e)
        {
            stream.Dispose();
            throw new IOException(refusal ?? $"the TLS handshake failed ({e.InnerException?.Message ?? e.Message})", e);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public override string Describe(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint?.ToString() ?? "an unknown address";
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return "a peer that is gone";
        }
    }
}
