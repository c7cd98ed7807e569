public import Domain

/// The span to look at, and how closely.
public struct ProvisioningRequest: Sendable {
  /// A begin of an hour of the zone.
  public var start: Timestamp
  /// Whole hours, at most 10,000 (416 days).
  public var hours: Int
  /// The zone of hours, days and months in the tables.
  public var calendar: PeriodCalendar
  /// Possible futures. With 200, what is called P90 is the P88 to P92 two times in three.
  public var paths: Int
  /// The same seed gives the same futures. Services draw from it by name, so that adding a service
  /// leaves the others as they are.
  public var seed: UInt64
  /// What differs from the plain continuation of today.
  public var scenario: ProvisioningScenario
  /// Commitments and spot that the money is netted against, by target; `*` is the fleet. Targets
  /// that are not named pay the list price.
  public var purchases: [String: PurchaseMix]
  /// How much services err together.
  public var dependence: Dependence

  public init(
    start: Timestamp, hours: Int, calendar: PeriodCalendar = .utc, paths: Int = 200,
    seed: UInt64 = 1, scenario: ProvisioningScenario = .today,
    purchases: [String: PurchaseMix] = [:],
    dependence: Dependence = .independent
  ) {
    self.start = start
    self.hours = hours
    self.calendar = calendar
    self.paths = paths
    self.seed = seed
    self.scenario = scenario
    self.purchases = purchases
    self.dependence = dependence
  }

  public var end: Timestamp { start + .seconds(3600 * hours) }

  /// The first whole period after the newest sample, as an export begins unless told otherwise.
  public static func start(
    after newest: Timestamp, granularity: Granularity, calendar: PeriodCalendar
  ) -> Timestamp {
    calendar.nextBoundary(granularity, atOrAfter: newest)
  }
}
