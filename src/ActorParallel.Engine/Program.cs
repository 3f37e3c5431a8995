using System.Globalization;
using ActorParallel.Engines;
using ActorParallel.Processes;
using ActorParallel.Scripts;

ScriptHosts.Use(static values => new EngineScripts(values));

return args switch
{
    [ProcessMain.Role, string parent] when int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out int id) => ProcessMain.Run(id),
    [EngineProcess.Role, string parent] when int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out int id) => EngineProcess.Run(id),
    _ => Refuse(),
};

static int Refuse()
{
    Console.Error.WriteLine("ActorParallel.Engine runs the child processes of a program that uses ActorParallel: that program starts it, with a role and its process id.");
    return 2;
}
