using System.Numerics;
using ActorParallel.Scheduling;

namespace ActorParallel.TestKit;

/// <summary>Time passes, things happen, and the scheduler is obeyed.</summary>
public sealed partial class SimulatedCluster
{
    /// <summary>So many ticks of the scheduler at one moment mean that it never gets done.</summary>
    const int TicksAtOnce = 1_000_000;

    readonly List<SimulatedMessage> _onTheWay = [];
    readonly Stack<int> _freePlaces = new();
    readonly bool _noDelay;
    ulong _trace = 0xCBF29CE484222325;
    bool _obeying;
    int _ticksAtOnce;

    /// <summary>The next thing happens, if it is due by then.</summary>
    bool Step(long until)
    {
        var tick = _core.NextDeadline ?? SchedulerTime.Never;
        var next = _heap.Count > 0 ? _heap.First.At : SchedulerTime.Never;
        var at = Math.Min(tick, next);
        if (at == SchedulerTime.Never || at > until)
            return false;
        Advance(at);
        if (next <= tick)
        {
            Happen(_heap.Take());
            return true;
        }
        if (++_ticksAtOnce > TicksAtOnce)
            throw new InvalidOperationException($"The scheduler asks for one tick after another at {Now}. {Standing()}");
        _core.Handle(new Tick(), _now, _output);
        Obey();
        return true;
    }

    /// <summary>Before something is done from outside: what is due now comes first.</summary>
    void Turn()
    {
        while (Step(_now))
        {
        }
    }

    void Happen(in SimulationEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.Arrival:
                Arrive((int)e.Data);
                break;
            case EventKind.EngineJoins:
                Join(_engines[e.Engine]);
                break;
            case EventKind.EngineDies when _engines[e.Engine].Life == e.Data:
                Die(_engines[e.Engine]);
                break;
            case EventKind.EngineLeaves when _engines[e.Engine].Life == e.Data:
                Drain(_engines[e.Engine]);
                break;
            case EventKind.LossNoticed when _engines[e.Engine].Life == e.Data:
                NoticeLoss(_engines[e.Engine]);
                break;
            case EventKind.AttemptEnds:
                EndAttempt(_engines[e.Engine], e.Number);
                break;
            case EventKind.ToEngine:
                AtEngine(_engines[e.Engine], TakePlace(e.Data));
                break;
            case EventKind.ToController:
                AtController(_engines[e.Engine], TakePlace(e.Data));
                break;
        }
    }

    void Obey()
    {
        if (_obeying)
            return;
        _obeying = true;
        // Carrying one out may bring more.
        for (var i = 0; i < _output.Count; i++)
        {
            var instruction = _output[i];
            Record(instruction);
            Carry(instruction);
        }
        _output.Clear();
        _obeying = false;
    }

    void Carry(in Instruction instruction)
    {
        switch (instruction.Kind)
        {
            case InstructionKind.Assign:
                _tasks[instruction.TaskId].Attempts++;
                _attempts++;
                ToEngine(instruction, MessageKind.Assign);
                break;
            case InstructionKind.Recall:
                ToEngine(instruction, MessageKind.Recall);
                break;
            case InstructionKind.CancelRunning:
                ToEngine(instruction, MessageKind.Cancel);
                break;
            case InstructionKind.Drained:
                ToEngine(instruction, MessageKind.Drained);
                break;
            case InstructionKind.EndEngine:
                Die(_engines[instruction.EngineId]);
                break;
            case InstructionKind.Requeued when instruction.State is TaskState.Ready or TaskState.Delayed:
                SetWaiting(instruction.TaskId, _tasks[instruction.TaskId].Running == 0);
                break;
            case InstructionKind.Complete:
                Complete(instruction);
                break;
        }
    }

    void ToEngine(in Instruction instruction, MessageKind kind)
    {
        var engine = _engines[instruction.EngineId];
        var message = new SimulatedMessage(kind, engine.Life, instruction.TaskId, instruction.Attempt);
        if (_noDelay)
        {
            AtEngine(engine, message);
            return;
        }
        engine.LastToEngine = Math.Max(engine.LastToEngine, _now + Ticks(_options.MessageDelay.Next(_delays)));
        _heap.Plan(engine.LastToEngine, EventKind.ToEngine, engine.Id, Place(message));
    }

    void ToController(SimulatedEngine engine, in SimulatedMessage message)
    {
        if (engine.Cut)
        {
            engine.Unsaid.Enqueue(message);
            return;
        }
        if (_noDelay)
        {
            AtController(engine, message);
            return;
        }
        engine.LastToController = Math.Max(engine.LastToController, _now + Ticks(_options.MessageDelay.Next(_delays)));
        _heap.Plan(engine.LastToController, EventKind.ToController, engine.Id, Place(message));
    }

    void AtController(SimulatedEngine engine, in SimulatedMessage message)
    {
        _core.Handle(new TaskFinished(engine.Id, message.Task, message.Attempt, message.Outcome, message.RunTicks), _now, _output);
        Obey();
    }

    int Place(in SimulatedMessage message)
    {
        if (_freePlaces.TryPop(out var place))
        {
            _onTheWay[place] = message;
            return place;
        }
        _onTheWay.Add(message);
        return _onTheWay.Count - 1;
    }

    SimulatedMessage TakePlace(long place)
    {
        _freePlaces.Push((int)place);
        return _onTheWay[(int)place];
    }

    // FNV-1a over words rather than bytes, with a rotation so that high bits count too: G. Fowler, L. C. Noll, P. Vo, 1991.
    void Record(in Instruction i)
    {
        Mix((ulong)_now);
        Mix((ulong)i.TaskId);
        Mix(((ulong)(uint)i.EngineId << 32) | ((ulong)(uint)i.Attempt << 8) | ((ulong)i.Kind << 4) | ((ulong)(uint)i.State & 15));

        void Mix(ulong word) => _trace = BitOperations.RotateLeft(_trace ^ word, 29) * 0x100000001B3;
    }
}
