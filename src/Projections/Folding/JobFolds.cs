using Qualm.Model;

namespace Qualm.Projections;

/// <summary>Background jobs. JOB_STATUS_CHANGE tells the life of a job; the BLOCK_JOB events tell its kind and how it ended.</summary>
internal static class JobFolds
{
    public static void Register(FoldTable table)
    {
        var texts = table.Texts;
        table.Changes(VmPart.Jobs, "JOB_STATUS_CHANGE", "BLOCK_JOB_READY", "BLOCK_JOB_PENDING", "BLOCK_JOB_COMPLETED", "BLOCK_JOB_CANCELLED", "BLOCK_JOB_ERROR");
        table.On("JOB_STATUS_CHANGE", schema =>
        {
            var (id, status) = (Member.Of(schema, "id"), Member.Of(schema, "status"));
            return (in e, vm, scope) => Changed(e, vm, scope, id, status, texts);
        });
        table.On("BLOCK_JOB_READY", Lives("device", "ready", texts));
        table.On("BLOCK_JOB_PENDING", Lives("id", "pending", texts));
        table.On("BLOCK_JOB_COMPLETED", schema =>
        {
            var (device, error) = (Member.Of(schema, "device"), Member.Of(schema, "error"));
            return (in e, vm, scope) => Completed(e, vm, scope, device, error, texts);
        });
        table.On("BLOCK_JOB_CANCELLED", schema =>
        {
            var device = Member.Of(schema, "device");
            return (in e, vm, scope) =>
            {
                vm.JobsForChange.Cancelled += e.Weight;
                End(e, vm, scope, device);
            };
        });
        table.On("BLOCK_JOB_ERROR", (in e, vm, _) => vm.JobsForChange.Errors += e.Weight);
    }

    private static void Changed(in EventView e, VmState vm, Scope scope, Member id, Member status, TextTable texts)
    {
        if (status.Is(e, "concluded"u8) || status.Is(e, "null"u8))
        {
            End(e, vm, scope, id);
            return;
        }

        if (Job(e, vm, scope, id, texts) is not { } job) return;
        var told = status.Keep(e, texts, job.Status);
        if (told != job.Status) job.Since = e.At;
        job.Status = told;
    }

    private static Func<EventSchema, EventFold> Lives(string idName, string status, TextTable texts) => schema =>
    {
        var (id, type) = (Member.Of(schema, idName), Member.Of(schema, "type"));
        return (in e, vm, scope) =>
        {
            if (Job(e, vm, scope, id, texts) is not { } job) return;
            job.Type = type.Keep(e, texts, job.Type);
            if (job.Status != status) job.Since = e.At;
            job.Status = status;
        };
    };

    private static void Completed(in EventView e, VmState vm, Scope scope, Member device, Member error, TextTable texts)
    {
        var jobs = vm.JobsForChange;
        if (error.IsPresent(e))
        {
            jobs.Failed += e.Weight;
            jobs.LastError = error.Keep(e, texts, jobs.LastError);
        }
        else
        {
            jobs.Completed += e.Weight;
        }

        End(e, vm, scope, device);
    }

    private static void End(in EventView e, VmState vm, Scope scope, Member id)
    {
        Span<char> buffer = stackalloc char[SlotText.MaxNameLength];
        var name = id.Text(e, buffer);
        if (name.IsEmpty || !vm.Jobs.ById.TryGetValue(name, out var job)) return;
        if (!scope.Admits(e.At, vm.Jobs.ById.ChangedAt(name))) return;
        vm.Jobs.ById.Remove(name);
        vm.JobsForChange.Spare = job;
    }

    /// <summary>The job, made when it is new; null when it has no name, or the event is older than what is known of it.</summary>
    private static JobState? Job(in EventView e, VmState vm, Scope scope, Member id, TextTable texts)
    {
        Span<char> buffer = stackalloc char[SlotText.MaxNameLength];
        var name = id.Text(e, buffer);
        if (name.IsEmpty) return null;
        var jobs = vm.JobsForChange;
        if (scope.OnlyNewer && e.At < jobs.ById.ChangedAt(name)) return null;
        if (jobs.ById.TryTouch(name, e.At, out var job)) return job;
        job = jobs.TakeSpare();
        job.Since = e.At;
        jobs.ById.Set(texts.Keep("", name), job, e.At);
        return job;
    }
}
