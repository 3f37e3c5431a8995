using System.CommandLine;
using ActorParallel.Profiles;
using ActorParallel.Transport;

namespace ActorParallel.Cli.Commands;

internal static class ProfileCommand
{
    public static Command Make(Shell shell) => new("profile", "Makes, lists, exports and removes profiles: folders with a cluster's configuration, certificates and logs.")
    {
        Create(shell),
        List(shell),
        Export(shell),
        Certificate(shell),
        Remove(shell),
    };

    static Argument<string> Name()
    {
        var name = new Argument<string>("NAME") { Description = "The profile's name." };
        name.Validators.Add(result =>
        {
            if (result.Tokens is [var token]) Shell.Check(token.Value, result.AddError);
        });
        return name;
    }

    static Command Create(Shell shell)
    {
        var (name, json) = (Name(), Shell.Json());
        return Shell.Action(new Command("create", "Makes a profile: a folder with a configuration file in which every key stands with its default.") { name, json }, parsed =>
        {
            var made = Profile.Create(parsed.GetRequiredValue(name));
            if (parsed.GetValue(json)) shell.Terminal.Json(new { Profile = made.Name, Folder = made.FullPath, Config = made.ConfigPath });
            else shell.Terminal.Line($"Profile '{made.Name}' is in {made.FullPath}: change {Path.GetFileName(made.ConfigPath)} there, and start a cluster with 'apcluster start --profile {made.Name}'.");
            return Task.FromResult(ExitCodes.Ok);
        });
    }

    static Command List(Shell shell)
    {
        var json = Shell.Json();
        return Shell.Action(new Command("list", "Lists the profiles' names. 'apcluster list' tells what runs in them.") { json }, parsed =>
        {
            var names = Profile.List();
            if (parsed.GetValue(json)) shell.Terminal.Json(new { Home = Profile.Root(), Profiles = names });
            else foreach (var name in names) shell.Terminal.Line(name);
            return Task.FromResult(ExitCodes.Ok);
        });
    }

    static Command Export(Shell shell)
    {
        var profile = Shell.Profile();
        var role = new Option<string>("--role") { Description = "Whom the file is for: client or engine.", HelpName = "client|engine", DefaultValueFactory = _ => "client" };
        role.AcceptOnlyFromAmong("client", "engine");
        var output = new Option<FileInfo>("--out", "-o") { Description = "The file to write, readable by this user alone.", HelpName = "FILE", Required = true };
        var json = Shell.Json();
        var command = new DetailedCommand(
            "export", "Writes a file with which a program or an engine on another machine connects to the cluster that runs: where the controller is, and a certificate of its own with its key. The file is a secret.",
            """
            The cluster must listen on TCP: 'transport = both', 'hostname' and 'public-hostname' in its profile's configuration.
            """)
        {
            profile, role, output, json,
        };
        return Shell.Action(command, parsed =>
        {
            var (found, info) = ConnectionFile.Find(parsed.GetRequiredValue(profile));
            if (info.TlsHost is null)
                throw new CommandException($"The cluster of profile '{found.Name}' listens to this machine alone, so nobody elsewhere could use the file: set actor-parallel.cluster.transport to both, and hostname, in {found.ConfigPath}, and start it again.");
            var path = parsed.GetRequiredValue(output).FullName;
            var wanted = parsed.GetRequiredValue(role);
            ConnectionBundle.Create(found, info, RoleExtension.Parse(wanted)).WriteTo(path);
            if (parsed.GetValue(json)) shell.Terminal.Json(new { Profile = found.Name, Role = wanted, File = path, Address = $"{info.TlsHost}:{info.TlsPort}" });
            else shell.Terminal.Line($"{path} lets one {wanted} connect to {info.TlsHost}:{info.TlsPort}. It is a secret: {(wanted == "engine" ? $"run 'apcluster engine --connection {Path.GetFileName(path)}' where it is" : "connect with ParallelClient.ConnectWithFileAsync")}.");
            return Task.FromResult(ExitCodes.Ok);
        });
    }

    static Command Certificate(Shell shell)
    {
        var profile = Shell.Profile();
        var role = new Option<string>("--role") { Description = "Whom the certificate is for.", HelpName = "controller|engine|client", Required = true };
        role.AcceptOnlyFromAmong("controller", "engine", "client");
        var output = new Option<DirectoryInfo>("--out", "-o") { Description = "The folder to write to, made if it isn't there.", HelpName = "FOLDER", Required = true };
        var json = Shell.Json();
        var command = new DetailedCommand(
            "certificate", "Issues a certificate of its own, with its key, to one member or client of a cluster of many machines. The files are a secret.",
            """
            Writes authority.pem and the role's file, such as engine.pem: name them in actor-parallel.tls (config/tls.conf) or in AP_AUTHORITY and AP_CERTIFICATE. The profile is made if it isn't there.
            """)
        {
            profile, role, output, json,
        };
        return Shell.Action(command, parsed =>
        {
            var found = Profile.OpenOrCreate(parsed.GetRequiredValue(profile));
            var wanted = parsed.GetRequiredValue(role);
            var folder = parsed.GetRequiredValue(output).FullName;
            Directory.CreateDirectory(folder);
            var (authority, own) = (Path.Combine(folder, "authority.pem"), Path.Combine(folder, wanted + ".pem"));
            using (var issued = found.Certificates.IssueOne(RoleExtension.Parse(wanted))) PrivateFile.Write(own, PemFile.Text(issued));
            using (var root = found.Certificates.Authority()) PrivateFile.Write(authority, PemFile.Certificate(root));
            if (parsed.GetValue(json)) shell.Terminal.Json(new { Profile = found.Name, Role = wanted, Authority = authority, Certificate = own });
            else shell.Terminal.Line($"{own} lets one {wanted} into the clusters of profile '{found.Name}', with {authority}. It is a secret: name both in config/tls.conf where it is.");
            return Task.FromResult(ExitCodes.Ok);
        });
    }

    static Command Remove(Shell shell)
    {
        var (name, json) = (Name(), Shell.Json());
        return Shell.Action(new Command("remove", "Deletes a profile with everything in it, its certificates included.") { name, json }, parsed =>
        {
            var found = Profile.Open(parsed.GetRequiredValue(name));
            found.Remove();
            if (parsed.GetValue(json)) shell.Terminal.Json(new { Removed = found.Name });
            else shell.Terminal.Line($"Profile '{found.Name}' was removed.");
            return Task.FromResult(ExitCodes.Ok);
        });
    }
}
