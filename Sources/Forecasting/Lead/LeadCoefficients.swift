/// What a fit learnt: for each part of the lead window a regression of the centre, one of the spread
/// above it, and the quantiles of what remains.
///
/// On the scale `log(rate + offset)` relative to the short mean, so that a service that is three
/// times as large has the same coefficients.
public struct LeadCoefficients: Sendable, Equatable {
  /// Added to every rate before its logarithm is taken: 2 % of the history's mean.
  let offset: Double
  /// Logarithm of the history's mean rate.
  let reference: Double
  /// The largest rate that the history makes plausible: what a model says beyond it is suspect.
  public let ceiling: Double
  let parts: [Part]

  /// One part of the lead window.
  struct Part: Sendable, Equatable {
    /// Coefficients of the median.
    let centre: [Double]
    /// Coefficients of the 90 % quantile, whose distance from the median is the spread.
    let upper: [Double]
    /// Quantiles of (outcome − centre) / spread.
    let tail: TailQuantiles
    /// The mean spread of the moments learnt from.
    let meanSpread: Double

    /// A spread is never smaller: one percent.
    static let smallestSpread = 0.01
    /// The level of `upper`.
    static let upperLevel = 0.9
  }
}

extension LeadCoefficients {
  func writeState(to writer: inout StateWriter) {
    writer.write(offset)
    writer.write(reference)
    writer.write(ceiling)
    writer.write(parts.count)
    for part in parts {
      writer.write(part.centre)
      writer.write(part.upper)
      part.tail.writeState(to: &writer)
      writer.write(part.meanSpread)
    }
  }

  /// - Parameters:
  ///   - features: Coefficients that every regression must have.
  ///   - count: Parts that there must be.
  init(
    from reader: inout StateReader, features: Int, parts count: Int
  ) throws(StateError) {
    offset = try reader.readDouble()
    reference = try reader.readDouble()
    ceiling = try reader.readDouble()
    guard try reader.readCount(elementSize: 16) == count else {
      throw .inconsistent("coefficients for another lead window")
    }
    var parts: [Part] = []
    for _ in 0..<count {
      let centre = try reader.readDoubles()
      let upper = try reader.readDoubles()
      let tail = try TailQuantiles(from: &reader)
      let meanSpread = try reader.readDouble()
      guard centre.count == features, upper.count == features, centre.allSatisfy(\.isFinite),
        upper.allSatisfy(\.isFinite), meanSpread >= Part.smallestSpread, meanSpread.isFinite
      else { throw .inconsistent("coefficients are not finite or do not fit the features") }
      parts.append(Part(centre: centre, upper: upper, tail: tail, meanSpread: meanSpread))
    }
    guard offset > 0, offset.isFinite, reference.isFinite, ceiling > 0 else {
      throw .inconsistent("the scale of the coefficients is not finite")
    }
    self.parts = parts
  }
}
