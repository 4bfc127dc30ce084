namespace Qualm.Engine.Testing;

/// <summary>The sums of a run.</summary>
/// <param name="Refused">Files that could not be run.</param>
internal readonly record struct TestTotals(int Tests, int Passed, int Refused)
{
    public int Failed => Tests - Passed;

    public override string ToString() =>
        $"{Tests} test{(Tests == 1 ? "" : "s")}, {Passed} passed, {Failed} failed{(Refused == 0 ? "" : $", {Refused} file{(Refused == 1 ? "" : "s")} refused")}";
}
