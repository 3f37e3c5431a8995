using System.Reflection;
using System.Reflection.Emit;
using ActorParallel.Functions;

namespace ActorParallel.Tests.Functions;

public sealed class InstructionReaderTests
{
    static List<OpCode> All { get; } =
        [.. typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (OpCode)f.GetValue(null)!).Where(o => o.OpCodeType != OpCodeType.Nternal)];

    static byte[] Encode(OpCode code, byte[] operand) =>
        [.. code.Size == 1 ? new[] { (byte)code.Value } : [0xFE, (byte)code.Value], .. operand];

    static int Length(OpCode code) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };

    [Fact]
    public void EveryInstructionHasItsLength()
    {
        Assert.True(All.Count > 200);
        foreach (var code in All)
        {
            bool isSwitch = code.OperandType == OperandType.InlineSwitch;
            bool isMember = code.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok;
            byte[] operand = isSwitch ? [3, 0, 0, 0, .. Enumerable.Repeat((byte)0x28, 12)] : [.. Enumerable.Repeat((byte)0x28, Length(code))];
            // A call of 0x0A000001 comes next: it is found only if the instruction before has the right length.
            var reader = new InstructionReader([.. Encode(code, operand), 0x28, 1, 0, 0, 0x0A]);
            Assert.True(reader.MoveNext(), code.Name);
            if (isMember)
            {
                Assert.Equal((0x28282828, code.Name is "stfld" or "stsfld"), (reader.Token, reader.IsStore));
                Assert.True(reader.MoveNext(), code.Name);
            }

            Assert.True(reader.Token == 0x0A000001, code.Name);
            Assert.False(reader.IsStore);
            Assert.False(reader.MoveNext());
        }
    }

    [Fact]
    public void UnknownInstructionsAreNotGuessed()
    {
        Assert.Throws<BadImageFormatException>(() => new InstructionReader([0x24]).MoveNext());
        Assert.Throws<BadImageFormatException>(() => new InstructionReader([0xFE, 0x08]).MoveNext());
        Assert.Throws<BadImageFormatException>(() => new InstructionReader([0xFE, 0x77]).MoveNext());
    }
}
