using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace ActorParallel.Functions;

/// <summary>Steps through the instructions of a method body (ECMA-335, partition III).</summary>
internal ref struct InstructionReader(ReadOnlySpan<byte> il)
{
    static readonly (OpCode[] One, OpCode[] Two) Tables = BuildTables();

    readonly ReadOnlySpan<byte> _il = il;
    int _position;

    /// <summary>The instruction just read.</summary>
    public OpCode OpCode { get; private set; }

    /// <summary>The metadata token the instruction names, or 0.</summary>
    public int Token { get; private set; }

    public bool MoveNext()
    {
        if (_position >= _il.Length) return false;
        byte first = _il[_position++];
        OpCode = first == 0xFE ? Tables.Two[_il[_position++]] : Tables.One[first];
        if (OpCode.Name is null) throw new BadImageFormatException($"Unknown instruction 0x{first:x2} at offset {_position - 1}.");
        Token = 0;
        _position += Operand();
        return true;
    }

    int Operand()
    {
        switch (OpCode.OperandType)
        {
            case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                Token = BinaryPrimitives.ReadInt32LittleEndian(_il[_position..]);
                return 4;
            case OperandType.InlineSwitch:
                return 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(_il[_position..]);
            case OperandType.InlineNone:
                return 0;
            case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                return 1;
            case OperandType.InlineVar:
                return 2;
            case OperandType.InlineI8 or OperandType.InlineR:
                return 8;
            default: // InlineBrTarget, InlineI, InlineSig, InlineString, ShortInlineR
                return 4;
        }
    }

    static (OpCode[], OpCode[]) BuildTables()
    {
        var (one, two) = (new OpCode[256], new OpCode[256]);
        foreach (var field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var code = (OpCode)field.GetValue(null)!;
            (code.Size == 1 ? one : two)[code.Value & 0xFF] = code;
        }

        return (one, two);
    }
}
