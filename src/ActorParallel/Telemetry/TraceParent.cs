using System.Diagnostics;
using ActorParallel.Payloads;

namespace ActorParallel.Telemetry;

/// <summary>A task's trace as it travels, in the words of the W3C's Trace Context. Goes before the entry of the task it belongs to.</summary>
/// <param name="Parent">The <c>traceparent</c>.</param>
/// <param name="State">The <c>tracestate</c>.</param>
internal sealed record TraceParent(string Parent, string? State)
{
    public static TraceParent? Of(ActivityContext context) => context.TraceId == default
        ? null
        : new($"00-{context.TraceId.ToHexString()}-{context.SpanId.ToHexString()}-{(context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}", context.TraceState);

    /// <summary>Nothing, when it can't be read: a trace is never worth a task.</summary>
    public ActivityContext Context => ActivityContext.TryParse(Parent, State, isRemote: true, out var context) ? context : default;

    public void Write(PayloadWriter writer, byte kind)
    {
        writer.WriteByte(kind);
        writer.WriteString(Parent);
        writer.WriteString(State);
    }

    public static TraceParent Read(ref PayloadReader reader) => new(reader.ReadString() ?? "", reader.ReadString());
}
