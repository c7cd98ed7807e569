import Domain
import HummingbirdCore

/// `GET /metrics`: the snapshot as Prometheus reads it.
struct MetricsAPI: Sendable {
  let services: WebServices
  let log: RequestLog
  let pushes: PushLog

  var endpoints: [Endpoint] {
    [
      .get("/metrics") { _ in
        let text = Self.exposition(
          await services.metrics(), now: services.now(), requests: log.snapshot,
          pushed: pushes.counts)
        return .text(text, type: Exposition.contentType)
      }
    ]
  }

  static func exposition(
    _ snapshot: MetricsSnapshot, now: Timestamp,
    requests: [(key: RequestLog.Key, durations: Histogram)], pushed: PushLog.Counts
  ) -> String {
    var out = Exposition()
    out.family(
      "scaler_build_info", "The program's version; always 1.", .gauge,
      [(["version": snapshot.version], 1)])
    out.single(
      "scaler_start_timestamp_seconds", "When the process started.", .gauge,
      Double(snapshot.startedAt.seconds))
    out.single(
      "scaler_leader", "Whether this process commands the platforms (1) or not (0).", .gauge,
      snapshot.isLeader.map { $0 ? 1 : 0 })
    out.single(
      "scaler_fleet_breaker_open",
      "Whether too many services at once want to shrink or lost their metrics, so that none shrinks.",
      .gauge, snapshot.isBreakerOpen.map { $0 ? 1 : 0 })
    loop(snapshot, &out)
    input(snapshot, pushed, &out)
    demand(snapshot.services, &out)
    fleet(snapshot.services, &out)
    models(snapshot.services, &out)
    out.histograms(
      "http_server_request_duration_seconds", "How long answers of this server took.",
      requests.map {
        (
          [
            "route": $0.key.template, "method": $0.key.method, "code": String($0.key.status),
          ], $0.durations
        )
      })
    return out.text
  }

  private static func loop(_ snapshot: MetricsSnapshot, _ out: inout Exposition) {
    out.single("scaler_ticks_total", "Control ticks run.", .counter, snapshot.ticks.double)
    out.single(
      "scaler_ticks_skipped_total", "Control ticks left out because the one before was late.",
      .counter, snapshot.skippedTicks.double)
    if let lateness = snapshot.tickLateness {
      out.histograms(
        "scaler_tick_lateness_seconds", "How late control ticks began.", [([:], lateness)])
    }
    if let duration = snapshot.tickDuration {
      out.histograms(
        "scaler_tick_duration_seconds", "How long control ticks took.", [([:], duration)])
    }
    out.single(
      "scaler_journal_events_total", "Events appended to the journal.", .counter,
      snapshot.journalEvents.double)
    out.family(
      "scaler_commands_total", "Commands to platforms by what became of them.", .counter,
      snapshot.commands.map { (["result": $0.name], Double($0.count)) })
  }

  private static func input(
    _ snapshot: MetricsSnapshot, _ pushed: PushLog.Counts, _ out: inout Exposition
  ) {
    out.single(
      "scaler_samples_accepted_total", "Pushed samples that were taken.", .counter,
      Double(pushed.accepted))
    out.family(
      "scaler_samples_rejected_total", "Pushed samples that were refused, by reason.", .counter,
      pushed.rejected.sorted { $0.key < $1.key }.map { (["reason": $0.key], Double($0.value)) })
    out.single(
      "scaler_store_failures_total", "Writes that the store refused.", .counter,
      snapshot.storeFailures.double)
    out.single(
      "scaler_store_quarantined",
      "Whether a damaged store was put aside at the start (1), so that the past is gone.", .gauge,
      snapshot.isQuarantined.map { $0 ? 1 : 0 })
    out.family(
      "scaler_source_errors_total", "Reads of a metric source that failed.", .counter,
      snapshot.sourceErrors.map { (["source": $0.name], Double($0.count)) })
  }

  private static func demand(
    _ services: [MetricsSnapshot.Service], _ out: inout Exposition
  ) {
    out.family(
      "scaler_demand_observed", "Requests per second at the newest tick.", .gauge,
      services.map { (["service": $0.id.name], $0.rate) })
    out.family(
      "scaler_queue_depth", "Requests waiting at the newest tick.", .gauge,
      services.map { (["service": $0.id.name], $0.queue) })
    out.family(
      "scaler_forecast_demand", "Requests per second expected at the lead time, by quantile level.",
      .gauge,
      services.flatMap { service in
        service.forecast.map {
          (["service": service.id.name, "level": "\($0.level)"], Optional($0.value))
        }
      })
  }

  private static func fleet(_ services: [MetricsSnapshot.Service], _ out: inout Exposition) {
    out.family(
      "scaler_replicas", "Replicas by kind: ready, pending, target and the bounds min and max.",
      .gauge,
      services.flatMap { service in
        [
          ("ready", service.ready), ("pending", service.pending), ("target", service.target),
          ("min", service.minimum), ("max", service.maximum),
        ].map { (["service": service.id.name, "kind": $0.0], $0.1.double) }
      })
    out.family(
      "scaler_decisions_total", "Decisions made.", .counter,
      services.map { (["service": $0.id.name], $0.decisions.double) })
    out.family(
      "scaler_target_changes_total", "Decisions that changed the target.", .counter,
      services.map { (["service": $0.id.name], $0.actions.double) })
  }

  private static func models(_ services: [MetricsSnapshot.Service], _ out: inout Exposition) {
    out.family(
      "scaler_forecast_age_seconds", "Age of the model in use.", .gauge,
      services.map { (["service": $0.id.name], $0.modelAge) })
    out.family(
      "scaler_forecast_grade",
      "How far the forecast is believed: 2 it decides, 1 it may only raise, 0 it is left aside.",
      .gauge, services.map { (["service": $0.id.name], $0.health?.grade.number) })
    out.family(
      "scaler_forecast_exceedance_ratio",
      "Share of steps, fading, in which demand exceeded the quantile at this level at the lead time.",
      .gauge,
      services.map { service in
        (
          ["service": service.id.name, "level": service.health.map { "\($0.level)" } ?? ""],
          service.health?.exceedance
        )
      })
    out.family(
      "scaler_level_shifted",
      "Whether demand has stayed far from what its seasons know for an hour.", .gauge,
      services.map { (["service": $0.id.name], $0.isLevelShifted.map { $0 ? 1 : 0 }) })
    out.family(
      "scaler_violation_budget_spent_ratio",
      "Share of the objective's violation budget that is spent over its window.", .gauge,
      services.map { (["service": $0.id.name], $0.violationBudgetSpent) })
    out.family(
      "scaler_model_fit_duration_seconds", "How long the last fit took.", .gauge,
      services.map { (["service": $0.id.name], $0.fitDuration) })
    out.family(
      "scaler_model_fits_total", "Fits that ended, by result.", .counter,
      services.flatMap { service in
        [("ok", service.fits), ("failed", service.failedFits)].map {
          (["service": service.id.name, "result": $0.0], $0.1.double)
        }
      })
  }
}

extension ForecastHealth.Grade {
  fileprivate var number: Double {
    switch self {
    case .full: 2
    case .blended: 1
    case .reactiveOnly, .stale: 0
    }
  }
}

extension Int? {
  fileprivate var double: Double? { map(Double.init) }
}
