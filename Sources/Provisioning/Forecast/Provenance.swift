public import Domain

/// What a forecast rests on, for an audit of the row.
public struct Provenance: Sendable, Equatable {
  /// A stable name of the demand model.
  public var modelName: String
  /// Names the fitted numbers: equal fit, equal text.
  public var parametersHash: String
  /// The known demand that was learnt from.
  public var trainedFrom: Timestamp
  public var trainedTo: Timestamp
  public var paths: Int
  public var seed: UInt64
  /// How well the calibrated response repeats what the decision core ran; nil for totals.
  public var response: ResponseCheck?

  public var trainedSpan: Duration { trainedTo.since(trainedFrom) }
}
