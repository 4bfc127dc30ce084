using Qualm.Model;
using Qualm.Rules.Cel;
using Qualm.Rules.Conditions;

namespace Qualm.Rules.Tests.Conditions;

public sealed class DocumentationTests
{
    [Fact]
    public void Every_function_of_the_language_is_named_in_the_documentation()
    {
        var words = Words();
        CelLibrary.Names.Concat(["age", "firing", "fact", "in_list", "in_interval", "glob"]).Where(n => !words.Contains(n)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_member_of_a_vm_and_a_host_is_named_in_the_documentation()
    {
        var words = Words();
        Names(VmRoot.Member).Concat(Names(HostMember.Root)).Where(n => !words.Contains(n)).ShouldBeEmpty();
    }

    [Fact]
    public void A_vm_can_be_read_whole()
    {
        var context = new EvalContext(new EventView { Name = "STOP", At = default, Stamp = default, Position = default, Weight = 1, Vm = Some.Vm() });
        Condition.CompileValue("vm", ConditionScope.Empty).Result.ShouldNotBeNull().Evaluate(ref context, out var error).Kind.ShouldBe(CelKind.Map);
        error.ShouldBeNull();
    }

    private static IEnumerable<string> Names(CelMember<EvalContext> member) =>
        member.Names.SelectMany(n => Names(member.Find(n)!).Append(n));

    private static HashSet<string> Words()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Engine.sln"))) folder = folder.Parent.ShouldNotBeNull();
        var text = File.ReadAllText(Path.Combine(folder.FullName, "docs", "rule-language.md"));
        return [.. text.Split([.. text.Where(c => !char.IsAsciiLetterOrDigit(c) && c != '_').Distinct()])];
    }
}
