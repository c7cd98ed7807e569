import Domain
import Provisioning

/// What a provisioning export was asked, in domain values; the same for the command and the API.
struct ProvisioningQuestion: Sendable {
  var horizon: Duration
  var granularity: Granularity
  var zoneName = "UTC"
  var calendar = PeriodCalendar.utc
  /// Only what was known then counts, and the first period begins there; nil: the newest sample.
  var at: Timestamp?
  var growth: [GrowthStep] = []
  /// What was written for `growth`, for the metadata.
  var growthTexts: [String] = []
  /// Empty: every service, and the fleet.
  var services: [ServiceID] = []
  var includesActual = false

  /// The longest horizon: what the forecast's hours are limited to.
  static let longest: Duration = .seconds(416 * 86_400)

  /// A year and a month, with room for the days of it.
  static let usualHorizon: Duration = .seconds(35 * 86_400)

  /// - Throws: `ProvisioningRefusal.badParameter`, naming the parameter without dashes.
  init(
    horizon: String? = nil, granularity: String? = nil, timezone: String? = nil, at: String? = nil,
    growth: [String] = [], services: [String] = [], include: String? = nil
  ) throws(ProvisioningRefusal) {
    self.horizon = Self.usualHorizon
    if let horizon {
      guard let span = Duration(parsing: horizon), span >= .seconds(3600), span <= Self.longest
      else {
        throw .badParameter(
          "horizon", "is from 1h to 416d, such as 35d or 395d, not `\(horizon)`")
      }
      self.horizon = span
    }
    self.granularity = .day
    if let granularity {
      guard let known = Granularity(rawValue: granularity) else {
        throw .badParameter("granularity", "is hour, day or month, not `\(granularity)`")
      }
      self.granularity = known
    }
    if let timezone {
      guard let zone = UTCOffsets(zoneNamed: timezone) else {
        throw .badParameter("timezone", "is a zone such as Europe/Berlin, not `\(timezone)`")
      }
      zoneName = timezone
      calendar = PeriodCalendar(zone: zone)
    }
    if let at {
      guard let time = Timestamp(parsing: at) else {
        throw .badParameter("at", "is a time such as 2026-11-23T00:00:00Z, not `\(at)`")
      }
      self.at = time
    }
    growthTexts = growth
    for text in growth {
      guard let step = GrowthStep(parsing: text) else {
        throw .badParameter(
          "growth",
          "is a factor up to 1000 with an optional time and ramp, such as 3, "
            + "3@2027-01-01T00:00:00Z or 3/90d, not `\(text)`")
      }
      self.growth.append(step)
    }
    for name in services {
      guard let id = ServiceID(name) else { throw .unknownService(name, known: []) }
      self.services.append(id)
    }
    if let include {
      guard include == "actual" else {
        throw .badParameter("include", "is actual, not `\(include)`")
      }
      includesActual = true
    }
  }
}
