using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Tests.Clusters;

/// <summary>Two ends of a link and a connection between them that does what connections do.</summary>
public sealed class LinkTests
{
    /// <summary>A peer, that is: what is on its way to it.</summary>
    sealed class Way : MinimalActorRef
    {
        public List<object> Messages { get; } = [];

        public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems, "way");

        public override IActorRefProvider Provider => throw new NotSupportedException();

        protected override void TellInternal(object message, IActorRef sender)
        {
            lock (Messages) Messages.Add(message);
        }

        public object[] Drain()
        {
            lock (Messages)
            {
                object[] all = [.. Messages];
                Messages.Clear();
                return all;
            }
        }
    }

    sealed class End : IDisposable
    {
        public Link Link { get; } = new();

        /// <summary>What is on its way to the other end.</summary>
        public Way Out { get; } = new();

        public List<int> Came { get; } = [];

        public int Written { get; private set; }

        public void Write(int padding)
        {
            lock (Link.Gate)
            {
                Link.Writer.WriteInt32(Written++);
                Link.Writer.WriteBytes(new byte[padding]);
                Link.Written();
            }
        }

        public void Handle(object message)
        {
            switch (message)
            {
                case LinkBatch batch:
                    if (Link.Take(batch)) Read(batch);
                    break;
                case LinkPart part:
                    if (Link.Join(part) is { } whole && Link.Take(whole)) Read(whole);
                    break;
                case LinkBeat beat:
                    Link.Heard(beat);
                    break;
                case LinkGap gap:
                    Link.Resend(gap);
                    break;
                default:
                    Assert.Fail($"A link sent {message}");
                    break;
            }
        }

        void Read(LinkBatch batch)
        {
            var reader = new PayloadReader(batch.Bytes);
            reader.ReadRaw(Link.HeaderBytes);
            while (reader.Remaining > 0)
            {
                Came.Add(reader.ReadInt32());
                reader.ReadBytes();
            }
        }

        public void Dispose() => Link.Dispose();
    }

    static void Open(End a, End b)
    {
        // As a registration and its welcome do.
        a.Link.Open(a.Out, ActorRefs.Nobody, b.Link.Seen);
        b.Link.Open(b.Out, ActorRefs.Nobody, a.Link.Seen);
    }

    static void Carry(End from, End to)
    {
        foreach (var message in from.Out.Drain()) to.Handle(message);
    }

    static void Settle(End a, End b)
    {
        for (var quiet = 0; quiet < 3;)
        {
            a.Link.Flush();
            b.Link.Flush();
            a.Link.Beat();
            b.Link.Beat();
            var before = a.Came.Count + b.Came.Count;
            for (var turn = 0; turn < 4; turn++)
            {
                Carry(a, b);
                Carry(b, a);
            }
            quiet = before == a.Came.Count + b.Came.Count ? quiet + 1 : 0;
        }
    }

    static void All(End from, End to) => Assert.Equal(Enumerable.Range(0, from.Written), to.Came);

    [Fact]
    public void WhateverAConnectionDoesEntriesComeOnceAndInOrder()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var random = new Random(seed);
            using End a = new(), b = new();
            Open(a, b);
            for (var step = 0; step < 200; step++)
            {
                var (from, to) = random.Next(2) == 0 ? (a, b) : (b, a);
                switch (random.Next(12))
                {
                    case 0 or 1 or 2:
                        from.Write(random.Next(60) == 0 ? random.Next(5 << 20) : random.Next(100));
                        break;
                    case 3 or 4:
                        from.Link.Flush();
                        break;
                    case 5:
                        from.Link.Beat();
                        break;
                    case 6:
                        // Cut: what was on its way is lost.
                        a.Link.Close();
                        b.Link.Close();
                        if (random.Next(2) == 0) Carry(from, to);
                        a.Out.Drain();
                        b.Out.Drain();
                        for (var more = random.Next(3); more > 0; more--) from.Write(5);
                        Open(a, b);
                        break;
                    case 7:
                        // One side alone knocks again.
                        from.Link.Open(from.Out, ActorRefs.Nobody, to.Link.Seen);
                        break;
                    default:
                        foreach (var message in Spoilt(from.Out.Drain(), random)) to.Handle(message);
                        break;
                }
            }
            a.Link.Close();
            b.Link.Close();
            Open(a, b);
            Settle(a, b);
            All(a, b);
            All(b, a);
        }
    }

    /// <summary>Some lost, some twice, some in another order.</summary>
    static IEnumerable<object> Spoilt(object[] messages, Random random)
    {
        if (random.Next(4) == 0) random.Shuffle(messages);
        foreach (var message in messages)
        {
            var fate = random.Next(12);
            if (fate == 0) continue;
            yield return message;
            if (fate == 1) yield return message;
        }
    }

    [Fact]
    public void ALargeBatchGoesInPartsAndComesWhole()
    {
        using End a = new(), b = new();
        Open(a, b);
        a.Write(7_500_000);
        a.Link.Flush();
        a.Write(3);
        a.Link.Flush();
        var sent = a.Out.Drain();
        Assert.Equal(8, sent.OfType<LinkPart>().Count());
        Assert.All(sent.OfType<LinkPart>(), p => Assert.True(p.Bytes.Length <= 1 << 20));
        foreach (var message in sent) b.Handle(message);
        All(a, b);
    }

    [Fact]
    public void APartThatIsLostBringsTheBatchAgain()
    {
        using End a = new(), b = new();
        Open(a, b);
        a.Write(5_000_000);
        a.Link.Flush();
        var sent = a.Out.Drain();
        foreach (var message in sent.Where((_, i) => i != 2)) b.Handle(message);
        Assert.Empty(b.Came);
        Settle(a, b);
        All(a, b);
    }

    [Fact]
    public void GarbageIsRefusedBeforeItTakesMemory()
    {
        using var link = new Link();
        foreach (var part in (LinkPart[])[
            new(1, int.MaxValue, 0, new byte[10]), new(1, -5, 0, new byte[10]), new(1, 100, -1, new byte[10]), new(1, 100, 0, []),
            new(1, 100, 95, new byte[10]), new(1, 100, int.MaxValue, new byte[10]), new(1, 5, 0, new byte[5])])
            Assert.Throws<InvalidDataException>(() => link.Join(part));
        Assert.Throws<InvalidDataException>(() => link.Take(new LinkBatch(new byte[15])));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(link.Join(new LinkPart(1, 1_900_000_000, 0, new byte[1000])));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000, "A length is not believed before so many bytes are there.");
    }

    [Fact]
    public void AnAcknowledgementOfWhatWasNotSentForgetsNothing()
    {
        using End a = new(), b = new();
        Open(a, b);
        a.Write(1);
        a.Link.Heard(new LinkBeat(0, 1_000_000));
        a.Link.Flush();
        a.Out.Drain();
        Settle(a, b);
        All(a, b);
    }

    [Fact]
    public void WhatHasArrivedIsForgottenAlsoWhenNothingGoesTheOtherWay()
    {
        using End a = new(), b = new();
        Open(a, b);
        for (var i = 0; i < 1000; i++)
        {
            a.Write(1);
            a.Link.Flush();
            Carry(a, b);
            Carry(b, a);
            Assert.True(a.Link.Current - a.Link.Arrived <= 34, "Acknowledgements come without beats.");
        }
        Settle(a, b);
        a.Link.Close();
        a.Link.Open(a.Out, ActorRefs.Nobody, 0);
        Assert.Empty(a.Out.Drain());
    }

    [Fact]
    public void WhoKnocksSeveralTimesGetsItOnce()
    {
        using End a = new(), b = new();
        Open(a, b);
        for (var i = 0; i < 10; i++)
        {
            a.Write(1);
            a.Link.Flush();
        }
        a.Out.Drain();
        a.Link.Close();
        for (var knock = 0; knock < 14; knock++) a.Link.Open(a.Out, ActorRefs.Nobody, 0);
        Assert.Equal(10, a.Out.Drain().Length);
    }

    [Fact]
    public void ANewPeerGetsWhatTheFormerMayNotHaveGot()
    {
        using End a = new(), former = new(), next = new();
        Open(a, former);
        a.Write(1);
        a.Link.Flush();
        Carry(a, former);
        Settle(a, former);
        a.Write(1);
        a.Write(1);
        a.Link.Flush();
        a.Out.Drain();
        a.Link.Restart();
        Open(a, next);
        Settle(a, next);
        Assert.Equal([1, 2], next.Came);
        a.Write(1);
        a.Link.Flush();
        Carry(a, next);
        Assert.Equal([1, 2, 3], next.Came);
    }

    [Fact]
    public void ResetForgetsAndDisposedDrops()
    {
        using End a = new(), b = new();
        a.Write(1);
        a.Link.Flush();
        a.Write(1);
        a.Link.Reset();
        Open(a, b);
        a.Write(1);
        Settle(a, b);
        Assert.Equal([2], b.Came);
        a.Link.Dispose();
        a.Write(1);
        a.Link.Flush();
        Assert.False(a.Link.HasEntries);
        Assert.Empty(a.Out.Drain());
    }

    [Fact]
    public async Task WritersOnManyThreadsLoseNothing()
    {
        const int Writers = 4, Each = 20_000;
        using End b = new();
        using var link = new Link();
        var way = new Way();
        link.Open(way, ActorRefs.Nobody, 0);
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                lock (link.Gate)
                {
                    link.Writer.WriteInt32(w * Each + i);
                    link.Writer.WriteBytes([]);
                    link.Written();
                }
                if (i % 3 == 0) link.Flush();
            }
            link.Flush();
        }, TestContext.Current.CancellationToken)));
        // The order of a queue is the order of the batches' numbers: the gate is held while one is told.
        while (!writing.IsCompleted)
            foreach (var message in way.Drain()) b.Handle(message);
        await writing;
        foreach (var message in way.Drain()) b.Handle(message);
        Assert.Equal(Writers * Each, b.Came.Count);
        for (var w = 0; w < Writers; w++) Assert.Equal(Enumerable.Range(w * Each, Each), b.Came.Where(c => c / Each == w));
    }
}
