using System.Runtime.Loader;
using ActorParallel.Functions;

namespace ActorParallel.Tests.Functions;

/// <summary>Where code can't travel, or must not: one clear sentence each, and nothing loaded.</summary>
public sealed class CodeRefusalTests
{
    const string Library = "namespace Parts { public record Part(int X); }";
    const string App = "public static class Entry { public static Func<int, int> AddOne() => x => x + 1; public static object Part() => new Parts.Part(1); public static Func<object, string> Show() => o => o.ToString()!; }";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static Compiled Program() => new Compiled().Add("Parts", Library).Add("Parted", App);

    static void Says(Exception e, params string[] parts)
    {
        foreach (string part in parts) Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShippingOffLeavesWhatTheEngineHas()
    {
        using var shipment = new Shipment(new CodeSets(null));
        var program = Program();
        Assert.False(shipment.Sets.Shipping);
        var e = await Assert.ThrowsAsync<ShippingException>(() => shipment.ToEngineAsync(program.Get<Func<int, int>>("Parted", "AddOne")));
        Says(e, "Parted", program.Build("Parted").ToString(), "allow-code-shipping = off", "[ParallelTask]", AppContext.BaseDirectory);
        Assert.Empty(shipment.Wire.Found);

        byte[] part = Trip.ValueBytes(program.Get<object>("Parted", "Part"));
        e = await Assert.ThrowsAsync<ShippingException>(() => shipment.Lease!.ReadAsync(() => Trip.ReadValue<object>(part), shipment.Wire, Token));
        Says(e, "Parts.Part", "allow-code-shipping = off");

        int captured = 4;
        Assert.Equal(5, (await shipment.ToEngineAsync((int x) => new Person("", captured).Age + x))(1));
        Assert.Throws<ShippingException>(() => shipment.Lease!.Add(shipment.Source.Find(shipment.Lease.Set.Program, "Parted", null)));
    }

    [Fact]
    public async Task BytesThatAreNotThoseNamedAreRefused()
    {
        string folder = Shipment.NewFolder();
        using var shipment = new Shipment(new CodeSets(new CodeStore(folder)));
        shipment.Wire.Spoil = static bytes =>
        {
            byte[] spoiled = [.. bytes];
            spoiled[^100] ^= 1;
            return spoiled;
        };
        var function = Program().Get<Func<int, int>>("Parted", "AddOne");
        Says(await Assert.ThrowsAsync<ShippingException>(() => shipment.ToEngineAsync(function)), "Parted 0.0.0.0", "not those the client named", "SHA-256");
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        shipment.Wire.Spoil = static bytes => bytes[..^1];
        await Assert.ThrowsAsync<ShippingException>(() => shipment.ToEngineAsync(function));
        shipment.Wire.Spoil = static bytes => bytes;
        Assert.Equal(2, (await shipment.ToEngineAsync(function))(1));
    }

    [Fact]
    public async Task AFileSpoiledOnDiskIsRefusedThenSentAgain()
    {
        string folder = Shipment.NewFolder();
        var store = new CodeStore(folder);
        using var shipment = new Shipment(new CodeSets(store));
        var function = Program().Get<Func<int, int>>("Parted", "AddOne");
        var program = shipment.Source.ProgramOf(FunctionDefinition.Of(function));
        using var lease = shipment.Sets.Open(program);
        var bundle = shipment.Source.Find(program, "Parted", null);
        Assert.Equal(2, lease.Lacks(bundle).Count);
        foreach (var item in bundle.Items) store.Add(item, shipment.Source.Image(item.Build));
        Assert.Empty(lease.Lacks(bundle));

        string file = Directory.GetFiles(folder, "Parts.dll", SearchOption.AllDirectories).Single();
        byte[] bytes = await File.ReadAllBytesAsync(file, Token);
        bytes[500] ^= 1;
        File.Delete(file);
        await File.WriteAllBytesAsync(file, bytes, Token);
        Says(Assert.Throws<ShippingException>(() => lease.Add(bundle)), "Parts 0.0.0.0", file, "was changed");
        Assert.False(File.Exists(file));
        Says(Assert.Throws<ShippingException>(() => lease.Add(bundle)), "not in the engine's cache");
        Assert.Equal("Parts", Assert.Single(lease.Lacks(bundle)).Name);
        Assert.Equal(2, (await shipment.ToEngineAsync(function))(1));
        Assert.Equal(["Parts"], shipment.Wire.Sent);
    }

    [Fact]
    public async Task AFileThatWasBuiltAgainIsNotSent()
    {
        var program = Program();
        var function = program.Get<Func<int, int>>("Parted", "AddOne");
        string file = Path.Combine(program.Folder, "Parted.dll");
        Guid runs = program.Build("Parted");
        File.Delete(file);
        program.Add("Parted", App);
        using var shipment = new Shipment();
        Says(await Assert.ThrowsAsync<ShippingException>(() => shipment.ToEngineAsync(function)), file, "built again", runs.ToString(), "start the program again");
        File.Delete(file);
        using var other = new Shipment();
        Says(await Assert.ThrowsAsync<ShippingException>(() => other.ToEngineAsync(function)), file, "can't be read");
    }

    [Fact]
    public async Task AssembliesInMemoryTravelWhenTheyAreRegistered()
    {
        byte[] first = Compiled.Compile("ℛ*first#1-0", "public static class Before { public static int Count = 41; public sealed record Made(int X); public static object Make() => new Made(3); }", []);
        string file = Path.Combine(Shipment.NewFolder(), "first.dll");
        await File.WriteAllBytesAsync(file, first, Token);
        byte[] second = Compiled.Compile("ℛ*second#2-0", "public static class Entry { public static Func<int> Next() => () => Before.Count + 1; }", [file]);
        var context = new AssemblyLoadContext("scripts");
        var one = context.LoadFromStream(new MemoryStream(first));
        var two = context.LoadFromStream(new MemoryStream(second));
        var next = (Func<int>)two.GetType("Entry")!.GetMethod("Next")!.Invoke(null, [])!;
        Says(Assert.Throws<ShippingException>(() => Trip.Write(next)), "ℛ*second#2-0", "loaded from memory");

        Assert.Throws<ArgumentException>(() => CodeSource.Register(two, first));
        Assert.Throws<ArgumentException>(() => CodeSource.Register(two, new byte[10]));
        CodeSource.Register(two, second);
        using (var without = new Shipment())
        {
            // What it refers to has no bytes: its own code comes, and fails only where it reaches for the rest.
            Assert.Throws<FileNotFoundException>(() => without.ToEngineAsync(next).GetAwaiter().GetResult()());
            object made = one.GetType("Before")!.GetMethod("Make")!.Invoke(null, [])!;
            var e = await Assert.ThrowsAsync<ShippingException>(() => without.ValueToEngineAsync(made));
            Says(e, "ℛ*first#1-0", "loaded from memory");
        }

        CodeSource.Register(one, first);
        using var shipment = new Shipment();
        var there = await shipment.ToEngineAsync(next);
        Assert.Equal(42, there());
        Assert.Equal(2, shipment.Wire.Sent.Count);
        var list = (System.Collections.IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(one.GetType("Before+Made")!))!;
        list.Add(one.GetType("Before")!.GetMethod("Make")!.Invoke(null, []));
        var listThere = (System.Collections.IList)await shipment.ValueToEngineAsync<object>(list);
        Assert.Equal("Made { X = 3 }", listThere[0]!.ToString());
        Assert.Equal("Made { X = 3 }", ((System.Collections.IList)Trip.ReadValue<object>(Trip.ValueBytes<object>(listThere)))[0]!.ToString());
        Assert.True(Shipping.Explain(next).CanShip);
        Assert.Equal(["ℛ*first#1-0", "ℛ*second#2-0"], Shipping.Explain(next).Assemblies.Select(a => a.Name).Order());
        Assert.True(File.Exists(there.Method.Module.Assembly.Location));
    }

    [Fact]
    public async Task WhatAClientCannotAnswerSaysWhy()
    {
        var source = new CodeSource();
        var function = Program().Get<Func<int, int>>("Parted", "AddOne");
        var program = source.ProgramOf(FunctionDefinition.Of(function));
        Says(Assert.Throws<ShippingException>(() => source.Find(Guid.NewGuid(), "Parted", null)), "never sent");
        Says(Assert.Throws<ShippingException>(() => source.Find(program, "Nowhere", null)), "Nowhere is not loaded");
        Says(Assert.Throws<ShippingException>(() => source.Find(program, "Parted", Guid.NewGuid())), "Parted (build ");
        Says(Assert.Throws<ShippingException>(() => source.Find(program, "System.Text.Json", null)), "Microsoft.NETCore.App", "doesn't travel");
        Says(Assert.Throws<ShippingException>(() => source.Find(program, "Akka", null)), "install it beside the engine");
        Says(Assert.Throws<ShippingException>(() => source.Image(Guid.NewGuid())), "never named");

        // A client that answers something else over and over ends the read.
        using var shipment = new Shipment();
        var lease = shipment.Sets.Open(program);
        byte[] bytes = Trip.Write(function);
        Says(await Assert.ThrowsAsync<ShippingException>(() => lease.ReadAsync(() => Trip.Read(bytes), new Wrong(source, program), Token)), "still has no such assembly");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lease.ReadAsync(() => Trip.Read(bytes), shipment.Wire, cancelled.Token));
        lease.Dispose();
    }

    sealed class Wrong(CodeSource source, Guid program) : ICodeClient
    {
        public Task<CodeBundle> FindAsync(Guid id, string assembly, Guid? build, CancellationToken cancel) => Task.FromResult(source.Find(program, "Parts", null));

        public Task<ReadOnlyMemory<byte>> ImageAsync(CodeItem item, CancellationToken cancel) => Task.FromResult<ReadOnlyMemory<byte>>(source.Image(item.Build));
    }

    [Fact]
    public void ADescriptionThatLiesLoadsNothing()
    {
        using var shipment = new Shipment();
        var function = Program().Get<Func<int, int>>("Parted", "AddOne");
        var program = shipment.Source.ProgramOf(FunctionDefinition.Of(function));
        var bundle = shipment.Source.Find(program, "Parts", null);
        var lie = bundle.Items[0] with { Build = Guid.NewGuid() };
        using var lease = shipment.Sets.Open(program);
        shipment.Sets.Store!.Add(lie, shipment.Source.Image(bundle.Items[0].Build));
        Says(Assert.Throws<ShippingException>(() => lease.Add(new([lie]))), lie.Build.ToString(), bundle.Items[0].Build.ToString());
    }

    [Fact]
    public void ABundleCrossesAsBytesAndGarbageIsRefused()
    {
        var source = new CodeSource();
        var program = source.ProgramOf(FunctionDefinition.Of(Program().Get<Func<int, int>>("Parted", "AddOne")));
        var bundle = source.Find(program, "Parted", null);
        byte[] bytes = bundle.ToArray();
        var copy = CodeBundle.Read(bytes);
        Assert.Equal(bundle.Items.Select(i => (i.Name, i.Version, i.Build, i.Hash, i.Length, string.Join(' ', i.References))), copy.Items.Select(i => (i.Name, i.Version, i.Build, i.Hash, i.Length, string.Join(' ', i.References))));
        Assert.Equal(["Parted", "Parts"], copy.Items.Select(i => i.Name));
        Assert.Equal(bundle.Length, source.Image(copy.Items[0].Build).Length + source.Image(copy.Items[1].Build).Length);
        for (int i = 0; i < bytes.Length; i++) Assert.Throws<InvalidDataException>(() => CodeBundle.Read(bytes.AsSpan(0, i)));
        var path = bundle with { Items = [bundle.Items[0] with { Hash = "../../" + bundle.Items[0].Hash[6..] }] };
        Assert.Throws<InvalidDataException>(() => CodeBundle.Read(path.ToArray()));
        Assert.Throws<InvalidDataException>(() => CodeBundle.Read(new CodeBundle([bundle.Items[0], bundle.Items[0]]).ToArray()));
    }
}
