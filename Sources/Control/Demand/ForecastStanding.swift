public import Domain
public import Forecasting

/// How a service's forecast does, for people, metrics and logs.
public struct ForecastStanding: Sendable, Equatable {
  /// How far it is believed, from what its promises at the service's lead time were worth; nil where
  /// no fit has renewed it for so long that it is not used any more.
  public var grade: ForecastTrust.Grade?
  /// When the newest model was handed over.
  public var fittedAt: Timestamp
  /// How often demand exceeded the quantile at `level` at the lead time, fading.
  public var exceedance: Double

  public init(grade: ForecastTrust.Grade?, fittedAt: Timestamp, exceedance: Double) {
    self.grade = grade
    self.fittedAt = fittedAt
    self.exceedance = exceedance
  }

  /// The quantile that is held against what came.
  public static let level = LeadTrust.level
}
