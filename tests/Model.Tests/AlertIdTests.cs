using System.Collections.Immutable;

namespace Qualm.Model.Tests;

public sealed class AlertIdTests
{
    private static readonly ImmutableArray<KeyPart> Key = [new("vm", "web-1", true), new("node", "n2", true)];

    /// <summary>Receivers know pages by these: they must not change from one version to the next.</summary>
    [Fact]
    public void Ids_are_pinned()
    {
        AlertId.Of("QuorumReportBadRepeated", Key).ShouldBe("a10692d9240e3115bdee1bed7f566af9");
        AlertId.Episode("QuorumReportBadRepeated", Key, Instant.FromUnix(1795316124, 648315)).ShouldBe("f1eb56425b084ba0c8e98ad166b1ed76");
    }

    [Fact]
    public void Parts_cannot_run_into_each_other()
    {
        var ids = new[]
        {
            AlertId.Of("a", [new("b", "c", true)]),
            AlertId.Of("ab", [new("", "c", true)]),
            AlertId.Of("a", [new("bc", "", true)]),
            AlertId.Of("a", [new("b", "c", false)]),
            AlertId.Of("a", []),
            AlertId.Of("a", [new("b", "c", true), new("", "", true)]),
            AlertId.Episode("a", [new("b", "c", true)], Instant.Epoch),
        };

        ids.Distinct().Count().ShouldBe(ids.Length);
    }
}
