using System.Text;

namespace ActorParallel.Payloads;

/// <summary>Something on the way into a value: an object with members, a collection with items.</summary>
internal interface IPathPart
{
    /// <summary><c>.Name</c> or <c>[3]</c>, for the part's child with this number.</summary>
    string Describe(object? instance, int index);
}

/// <summary>The way from the payload's root to what is being written, kept so that a refusal can name it.</summary>
internal sealed partial class PayloadWriter
{
    private Frame[] _frames = new Frame[8];
    private int _depth;

    /// <summary>The way to what is being written: <c>job.Input[3]</c>.</summary>
    public string Path
    {
        get
        {
            var path = new StringBuilder();
            for (int i = 0; i < _depth; i++)
            {
                // Cut the middle of a way that is too long to read.
                if (_depth > 64 && i == 32)
                {
                    path.Append('…');
                    i = _depth - 32;
                }

                ref Frame frame = ref _frames[i];
                if (frame.Part is not IPathPart part)
                {
                    path.Append('.').Append(frame.Part);
                }
                else if (frame.Index >= 0)
                {
                    path.Append(part.Describe(frame.Instance, frame.Index));
                }
            }

            return path.Length > 0 && path[0] == '.' ? path.ToString(1, path.Length - 1) : path.ToString();
        }
    }

    /// <summary>Names the next step of the way: a captured variable, an argument.</summary>
    public void Enter(string name) => Push(name, null);

    /// <summary>Goes into an object or a collection; <see cref="At"/> says which child is next.</summary>
    internal void Enter(IPathPart part, object? instance) => Push(part, instance);

    internal void At(int index)
    {
        if (_depth > 0)
        {
            _frames[_depth - 1].Index = index;
        }
    }

    public void Leave() => _frames[--_depth] = default;

    /// <summary>Makes the exception for what can't travel, with the way to it.</summary>
    internal ShippingException Refusal(string message) => new(message, Path);

    /// <summary>A back reference to an object that its reader can only make once all its items are there.</summary>
    private void RefuseIfUnfinished(object value)
    {
        for (int i = 0; i < _depth; i++)
        {
            if (_frames[i].Part is Content { IsBuiltLast: true } && ReferenceEquals(_frames[i].Instance, value))
            {
                throw Refusal($"A {Names.Of(value.GetType())} that contains itself can't travel; use a list or an array on the way round.");
            }
        }
    }

    private void Push(object part, object? instance)
    {
        if (_depth == _frames.Length)
        {
            Array.Resize(ref _frames, 2 * _depth);
        }

        ref Frame frame = ref _frames[_depth++];
        frame.Part = part;
        frame.Instance = instance;
        frame.Index = -1;
    }

    private void LeaveTo(int depth)
    {
        Array.Clear(_frames, depth, _depth - depth);
        _depth = depth;
    }

    private void LeaveAll()
    {
        if (_depth > 0)
        {
            LeaveTo(0);
        }

        if (_frames.Length > 1024)
        {
            _frames = new Frame[8];
        }
    }

    private struct Frame
    {
        public object? Part;
        public object? Instance;
        public int Index;
    }
}
