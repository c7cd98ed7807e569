public import Domain

/// The need of one service, one group or the whole fleet.
public struct TargetForecast: Sendable {
  /// The service's or group's name; `*` is the fleet.
  public let target: String
  public let paths: ProvisioningPaths
  public let calendar: PeriodCalendar
  public let purchase: PurchaseMix
  /// Nil where no price is known, or a total adds several currencies.
  public let currency: String?
  /// List price per instance-hour at the start; nil without one or for totals of several prices.
  public let unitPrice: Double?
  public let provenance: Provenance

  /// The rows of one granularity, in time order. O(hours · paths · log paths).
  ///
  /// - Parameter until: Rows that begin before it; nil for the whole span. Shorter granularities
  ///   can so be limited to the near future.
  public func periods(_ granularity: Granularity, until: Timestamp? = nil) -> [ProvisioningPeriod] {
    let end = min(until ?? paths.end, paths.end)
    return PeriodReduction(self).rows(
      calendar.periods(granularity, from: paths.start, to: end), granularity)
  }

  /// One row for any span, such as the whole horizon: quantiles of its sum. The part of it that lies
  /// outside the forecast counts as nothing.
  public func summary(of period: Period) -> ProvisioningPeriod {
    PeriodReduction(self).row(period, .month)
  }
}
