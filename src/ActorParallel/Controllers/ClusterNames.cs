using System.Globalization;
using ActorParallel.Transport;

namespace ActorParallel.Controllers;

/// <summary>How the members of a cluster of many machines are called. Members of one Akka.Cluster have the same name.</summary>
internal static class ClusterNames
{
    public const string System = "actor-parallel";

    /// <summary>An actor there, under /user.</summary>
    /// <param name="contact">Where: "host:port".</param>
    /// <param name="actor">Its name.</param>
    public static string PathOf(string contact, string actor) => $"{AddressOf(contact)}/user/{actor}";

    public static string AddressOf(string contact) => $"akka.{SocketTransport.Scheme}://{System}@{contact}";

    /// <summary>Whether it says a host and a port.</summary>
    public static bool IsContact(string text) =>
        text.LastIndexOf(':') is > 0 and var colon && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
        && Uri.CheckHostName(text[..colon].Trim('[', ']')) != UriHostNameType.Unknown;
}
