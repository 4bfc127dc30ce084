namespace Qualm.Acceptance.Tests.Support;

/// <summary>Rules that several tests use.</summary>
internal static class TestRules
{
    /// <summary>A panic pages at once, a reset ends it; disk errors page when there are three in ten minutes.</summary>
    public const string Panic = """
        groups:
        - name: acceptance
          rules:
          - alert: Panicked
            on: GUEST_PANICKED
            severity: critical
            resolve: [ { on: RESET } ]
            annotations: { summary: "{{ vm.name }} panicked" }
            actions: [page]
          - alert: DiskErrors
            on: BLOCK_IO_ERROR
            by: [vm.id, "event.data.device"]
            count: ">= 3"
            within: 10m
            severity: warning
            resolve: [ { on: RESET } ]
            annotations: { summary: "{{ vm.name }}: {{ agg.count }} errors on {{ key.device }}" }
            actions: [page]
        """;
}
