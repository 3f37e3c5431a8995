using System.Buffers.Binary;

namespace ActorParallel.Functions;

/// <summary>Steps through the instructions of a method body (ECMA-335, partition III) that name a field or a method.</summary>
internal ref struct InstructionReader(ReadOnlySpan<byte> il)
{
    // What follows each instruction: so many bytes, the token of a member (m), a switch's targets (s). A table, for the class OpCodes takes
    // milliseconds of a program's first call.
    static ReadOnlySpan<byte> One =>
        "00000000000000111111000000000001"u8
        + "4848?00mm40111111111111144444444"u8
        + "44444s00000000000000000000000000"u8
        + "000000000000000m444m440??40mmmmm"u8
        + "m4000000000044040000000000000000"u8
        + "000444?????????????00000000?????"u8
        + "??40??4?????????m000000000000410"u8
        + "0???????????????????????????????"u8;

    static ReadOnlySpan<byte> Two => "000000mm?2222220?01004400?0?400?"u8;

    readonly ReadOnlySpan<byte> _il = il;
    int _position;

    /// <summary>The metadata token of the field or method.</summary>
    public int Token { get; private set; }

    /// <summary>Whether the instruction only assigns to its field.</summary>
    public bool IsStore { get; private set; }

    /// <summary>Goes to the next instruction that names a member.</summary>
    /// <exception cref="BadImageFormatException">An instruction is not known.</exception>
    public bool MoveNext()
    {
        while (_position < _il.Length)
        {
            byte code = _il[_position++];
            char operand = code != 0xFE ? (char)One[code] : _il[_position] < Two.Length ? (char)Two[_il[_position++]] : '?';
            if (operand == 'm')
            {
                Token = BinaryPrimitives.ReadInt32LittleEndian(_il[_position..]);
                IsStore = code is 0x7D or 0x80; // stfld, stsfld
                _position += 4;
                return true;
            }

            _position += operand switch
            {
                's' => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(_il[_position..])),
                '?' => throw new BadImageFormatException($"Unknown instruction 0x{code:x2} at offset {_position - 1}."),
                _ => operand - '0',
            };
        }

        return false;
    }
}
