using Qualm.Engine.Hosting;

namespace Qualm.Engine.Tests.Hosting;

public sealed class SpareMemoryTests
{
    private const long Mega = 1 << 20;

    private readonly SpareMemory _spare = new(TimeProvider.System);

    [Fact]
    public void While_much_is_allocated_nothing_is_collected()
    {
        _spare.IsDue(100 * Mega, 40 * Mega, 90 * Mega).ShouldBeFalse();
        _spare.IsDue(200 * Mega, 40 * Mega, 90 * Mega).ShouldBeFalse();
        _spare.IsDue(201 * Mega, 40 * Mega, 90 * Mega).ShouldBeTrue();
    }

    [Fact]
    public void A_large_service_is_left_alone()
    {
        _spare.IsDue(Mega, 500 * Mega, 900 * Mega).ShouldBeFalse();
        _spare.IsDue(Mega, 40 * Mega, 900 * Mega).ShouldBeTrue();
    }

    [Fact]
    public void Where_there_is_little_to_be_had_nothing_is_done() => _spare.IsDue(Mega, 2 * Mega, 4 * Mega).ShouldBeFalse();
}
