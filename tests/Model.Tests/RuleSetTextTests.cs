namespace Qualm.Model.Tests;

public sealed class RuleSetTextTests
{
    private static readonly RuleSetText.File A = new("a.yaml", "one");
    private static readonly RuleSetText.File B = new("b.yaml", "two");

    [Fact]
    public void Order_of_the_files_makes_no_difference() => RuleSetText.Of([B, A]).Digest.ShouldBe(RuleSetText.Of([A, B]).Digest);

    [Fact]
    public void Any_other_path_or_text_is_another_set()
    {
        var digests = new[]
        {
            RuleSetText.Of([A, B]), RuleSetText.Of([A]), RuleSetText.Of([]), RuleSetText.Of([A, B with { Text = "two " }]), RuleSetText.Of([A, B with { Path = "c.yaml" }]),
        }.Select(set => set.Digest).ToArray();

        digests.Distinct().Count().ShouldBe(digests.Length);
    }
}
