using Qualm.Engine.Hosting;

namespace Qualm.Engine.Tests.Serving;

public sealed class ServiceLoggingTests
{
    [Theory]
    [InlineData("8:4711", "socket:[4711]", true)]
    [InlineData("8:4711", "socket:[4712]", false)]
    [InlineData("8:4711", "/dev/pts/1", false)]
    [InlineData("8:4711", null, false)]
    [InlineData(null, "socket:[4711]", false)]
    [InlineData("4711", "socket:[4711]", false)]
    [InlineData("", "socket:[]", false)]
    public void Only_output_that_goes_to_the_journal_is_written_for_it(string? stream, string? target, bool journal) =>
        ServiceLogging.IsJournal(stream, target).ShouldBe(journal);
}
