using System.Runtime.CompilerServices;

namespace ActorParallel.Engines;

/// <summary>
/// Where the C# sessions come from. The engine's process says how one is made; the compiler is loaded with the first,
/// so that an engine nobody sends code to stays small. Thread-safe.
/// </summary>
internal static class ScriptHosts
{
    static readonly ConditionalWeakTable<EngineNamespace, IScriptHost> Made = [];

    static volatile Func<EngineNamespace, IScriptHost>? s_make;

    public static void Use(Func<EngineNamespace, IScriptHost> make) => s_make = make;

    /// <exception cref="NotSupportedException">This process is no engine's.</exception>
    public static IScriptHost For(EngineNamespace values)
    {
        var make = s_make ?? throw new NotSupportedException("C# code can't run in this process: only an engine that is a process of its own compiles code; use a view of a cluster's engines.");
        return Made.GetValue(values, key => make(key));
    }
}
