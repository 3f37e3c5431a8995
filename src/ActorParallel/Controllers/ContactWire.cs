using ActorParallel.Payloads;
using ActorParallel.Transport;

namespace ActorParallel.Controllers;

/// <summary>Who looks for the active controller asks any of the processes that can be one.</summary>
internal sealed record WhereIsController : IWireMessage
{
    public static readonly WhereIsController Instance = new();
}

/// <summary>The answer of a contact.</summary>
/// <param name="Path">The active controller's actor; empty while there is none.</param>
/// <param name="Contacts">Where all are that can be asked, as "host:port".</param>
internal sealed record ControllerIsAt(string Path, string[] Contacts) : IWireMessage
{
    public void Write(PayloadWriter writer)
    {
        writer.WriteString(Path);
        writer.WriteInt32(Contacts.Length);
        foreach (var contact in Contacts) writer.WriteString(contact);
    }

    public static ControllerIsAt Read(ref PayloadReader reader)
    {
        var path = reader.ReadString() ?? "";
        var contacts = new List<string>();
        for (var left = reader.ReadInt32(); left > 0; left--) contacts.Add(reader.ReadString() ?? "");
        return new ControllerIsAt(path, [.. contacts]);
    }
}

/// <summary>A controller asks one that is not in its cluster: which of the two clusters stays?</summary>
/// <param name="Address">Of the asking controller.</param>
/// <param name="Engines">How many engines its cluster has.</param>
internal sealed record MergeQuestion(string Address, int Engines) : IWireMessage;

/// <summary>What becomes of two clusters that were one. The numbers are part of the wire contract.</summary>
internal enum MergeVerdict : byte
{
    /// <summary>The one asked is no active controller, or one of the same cluster.</summary>
    Nothing = 0,

    /// <summary>The one that asked gives way.</summary>
    AskerGoes = 1,

    /// <summary>The one asked gives way.</summary>
    AskedGoes = 2,
}

/// <summary>The answer.</summary>
/// <param name="Address">Of the one asked.</param>
/// <param name="Verdict">Who goes.</param>
internal sealed record MergeAnswer(string Address, MergeVerdict Verdict) : IWireMessage;
