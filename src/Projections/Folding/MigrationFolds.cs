using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Migration and memory dumps: what stops a VM for a while and is no fault.</summary>
internal static class MigrationFolds
{
    public static void Register(FoldTable table)
    {
        var texts = table.Texts;
        table.On("MIGRATION", schema =>
        {
            var status = Member.Of(schema, "status");
            return (in e, vm, scope) => Migrated(e, vm, scope, status, texts);
        });
        table.On("MIGRATION_PASS", schema =>
        {
            var pass = Member.Of(schema, "pass");
            return (in e, vm, scope) => Passed(e, vm, scope, pass);
        });
        table.On("DUMP_COMPLETED", schema =>
        {
            var members = new DumpMembers(schema);
            return (in e, vm, scope) => Dumped(e, vm, scope, members, texts);
        });
    }

    private static void Migrated(in EventView e, VmState vm, Scope scope, Member member, TextTable texts)
    {
        if (!scope.Admits(e.At, vm.Migration.Since)) return;
        var migration = vm.MigrationForChange;
        var status = member.Keep(e, texts, migration.Status);
        if (status.Length == 0) return;
        if (!migration.Known || status != migration.Status) migration.Since = e.At;
        migration.Known = true;
        migration.Status = status;
        migration.Active = status is not ("none" or "completed" or "failed" or "cancelled");
        if (status == "setup") migration.Passes = 0;
        if (scope.TellsStatus(e, vm)) Finish(e, vm, status);
    }

    private static void Finish(in EventView e, VmState vm, string status)
    {
        if (vm.Status == RunState.InMigrate)
        {
            // The side that receives: it says RESUME before, unless it was told to stay paused; if it fails it exits.
            if (status == "completed") RunState.Set(vm, RunState.Paused, e.At);
            else if (status == "failed") vm.Ending = true;
        }
        else if (status == "completed" && vm.Status is (RunState.Paused or RunState.FinishMigrate))
        {
            RunState.Set(vm, RunState.PostMigrate, e.At);
        }
    }

    private static void Passed(in EventView e, VmState vm, Scope scope, Member pass)
    {
        if (!scope.Admits(e.At, vm.Migration.Since)) return;
        var migration = vm.MigrationForChange;
        migration.Known = true;
        migration.Passes = pass.Number(e) ?? migration.Passes;
    }

    private static void Dumped(in EventView e, VmState vm, Scope scope, DumpMembers members, TextTable texts)
    {
        if (!scope.Admits(e.At, vm.Dump.LastAt)) return;
        var dump = vm.DumpForChange;
        dump.Known = true;
        dump.LastAt = e.At;
        dump.Error = members.Error.Keep(e, texts, dump.Error);
        dump.Status = members.Status.Keep(e, texts, dump.Status);
        if (dump.Status.Length == 0) dump.Status = dump.Error.Length == 0 ? "completed" : "failed";
        dump.Completed = members.Completed.Number(e) ?? 0;
        dump.Total = members.Total.Number(e) ?? 0;
    }

    private sealed class DumpMembers(EventSchema schema)
    {
        public Member Status { get; } = Member.Of(schema, "result.status");

        public Member Completed { get; } = Member.Of(schema, "result.completed");

        public Member Total { get; } = Member.Of(schema, "result.total");

        public Member Error { get; } = Member.Of(schema, "error");
    }
}
