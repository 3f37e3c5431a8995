using System.Globalization;
using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.History;
using ActorParallel.Launching;
using ActorParallel.Processes;
using ActorParallel.Scripts;

ScriptHosts.Use(static values => new EngineScripts(values));

return args switch
{
    [ProcessMain.Role, string parent] when int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out int id) => ProcessMain.Run(id),
    [EngineProcess.Role, string parent] when int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out int id) => EngineProcess.Run(id),
    [ClusterEngineHandOver.Role, string parent] when int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out int id) => ClusterEngineProcess.Run(id),
    [ClusterEngineHandOver.FileRole, string file] => ClusterEngineProcess.RunFile(file),
    [ControllerProcess.Role, string parent] when int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out int id) => ControllerProcess.Run(id, static (file, records) => new SqliteHistory(new SqliteHistoryOptions { Path = file, MaxRecords = records })),
    _ => Refuse(),
};

static int Refuse()
{
    Console.Error.WriteLine("ActorParallel.Engine runs the child processes of a program that uses ActorParallel: that program starts it, with a role and its process id.");
    return 2;
}
