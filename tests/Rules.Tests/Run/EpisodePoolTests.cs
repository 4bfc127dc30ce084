using System.Collections.Immutable;
using System.Reflection;
using Qualm.Model;
using Qualm.Rules.Run;

namespace Qualm.Rules.Tests.Run;

public sealed class EpisodePoolTests
{
    [Fact]
    public void An_episode_serves_again_only_in_a_later_step()
    {
        var run = new RunContext { Step = 1 };
        var pool = new EpisodePool(run);
        var first = pool.Take();
        pool.Give(first);
        var second = pool.Take();
        second.ShouldNotBeSameAs(first);
        run.Step++;
        pool.Take().ShouldBeSameAs(first);
        pool.Give(second);
        pool.Take().ShouldNotBeSameAs(second);
    }

    [Fact]
    public void An_episode_that_serves_again_is_like_a_new_one()
    {
        var used = new Episode();
        used.Identify("A", [new KeyPart("vm", "vm-1", true)], new Instant(5));
        used.Because = [1, 2];
        used.Held.Add((0, new RetainedEvent(new EntryPool.Entry { At = 1 }, null, null)));
        foreach (var property in Properties.Where(p => p.SetMethod is { IsPublic: true } && !p.PropertyType.IsByRefLike)) property.SetValue(used, Another(property.PropertyType));
        used.MayEnd(2);
        used.Meet(0, 7);
        used.Opens(1, 3).Length.ShouldBe(3);
        used.EndingOf(1).Gone = default(Ending.Moment);
        used.Clear();
        var fresh = new Episode();
        foreach (var property in Properties.Where(p => !p.PropertyType.IsByRefLike && p.Name is not (nameof(Episode.Texts) or nameof(Episode.FirstHeld))))
        {
            Text(property.GetValue(used)).ShouldBe(Text(property.GetValue(fresh)), property.Name);
        }

        used.Because.Length.ShouldBe(0);
        used.MetAt.Length.ShouldBe(0);
        used.MayEnd(2);
        used.MetAt.ToArray().ShouldBe([Episode.Never, Episode.Never]);
        used.EndingOf(1).Gone.ShouldBeNull();
        used.Texts.Annotations.ShouldBeEmpty();
        used.Texts.Labels.ShouldBeEmpty();
        used.Texts.Episode.ShouldBe(fresh.Texts.Episode);
    }

    private static PropertyInfo[] Properties => typeof(Episode).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    private static object Another(Type type)
    {
        if (type == typeof(bool)) return true;
        if (type == typeof(int)) return 7;
        if (type == typeof(long)) return 7L;
        if (type == typeof(Instant) || type == typeof(Instant?)) return new Instant(7);
        if (type == typeof(Episode.Phase)) return Episode.Phase.Firing;
        if (type == typeof(Severity)) return Severity.Critical;
        if (type == typeof(ImmutableArray<string>)) return ImmutableArray.Create("x");
        if (type == typeof(DerivedData)) return new DerivedData([1], [], null);
        throw new InvalidOperationException($"what is another {type}?");
    }

    private static string Text(object? value) =>
        value is string or null ? $"'{value}'" : value is System.Collections.IEnumerable many ? $"{value.GetType()} {string.Join(',', many.Cast<object?>())}" : $"{value}";
}
